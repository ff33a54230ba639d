//! QR codes (ISO/IEC 18004), as much of them as a link needs: bytes, error correction level L, the smallest of the forty
//! sizes, the mask of the eight with the fewest long runs, blocks and the best balance.
//!
//! Simplified: one mode (bytes) and one level; of the four penalties for a mask, the look-alikes of finder patterns are not
//! counted. Any mask makes a code that readers accept; the tests read them back with an independent reader.

/// Check bytes a block, by version.
const CHECK: [u8; 40] = [
    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30,
    26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
];
/// Blocks, by version.
const BLOCKS: [u8; 40] = [
    1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14,
    15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
];

/// A square of dark and light modules.
#[derive(Clone)]
pub struct Code {
    /// Modules a side.
    pub size: usize,
    dark: Vec<bool>,
    /// Modules that are not data: patterns and formats.
    fixed: Vec<bool>,
}

/// The code of a text, or nothing when it is longer than 2,953 bytes.
pub fn encode(text: &str) -> Option<Code> {
    let version = (1..=40).find(|v| text.len() <= capacity(*v))?;
    let mut code = Code::blank(version);
    code.write(&protected(version, text.as_bytes()));
    let masked = (0..8).map(|mask| {
        let mut code = code.clone();
        code.mask(mask);
        code.format(mask);
        code
    });
    masked.min_by_key(Code::penalty)
}

/// Bytes of a text that fit.
fn capacity(version: usize) -> usize {
    let checks = usize::from(CHECK[version - 1]) * usize::from(BLOCKS[version - 1]);
    // Four bits of mode and 8 or 16 of length.
    raw_bits(version) / 8 - checks - if version < 10 { 2 } else { 3 }
}

/// Modules that are left for data and checks.
fn raw_bits(version: usize) -> usize {
    let mut bits = (16 * version + 128) * version + 64;
    if version >= 2 {
        let marks = version / 7 + 2;
        bits -= (25 * marks - 10) * marks - 55;
        if version >= 7 {
            bits -= 36;
        }
    }
    bits
}

/// The text with its length, padding and check bytes, in the order in which it is written.
fn protected(version: usize, text: &[u8]) -> Vec<u8> {
    let (blocks, check) = (
        usize::from(BLOCKS[version - 1]),
        usize::from(CHECK[version - 1]),
    );
    let raw = raw_bits(version) / 8;
    let data = padded(version, text, raw - blocks * check);
    let (short, shorter) = (raw / blocks - check, blocks - raw % blocks);
    let divisor = divisor(check);
    let mut parts = Vec::new();
    let mut at = 0;
    for block in 0..blocks {
        let length = short + usize::from(block >= shorter);
        let part = &data[at..at + length];
        parts.push((part, remainder(part, &divisor)));
        at += length;
    }
    let mut out = Vec::with_capacity(raw);
    for i in 0..=short {
        out.extend(parts.iter().filter_map(|(part, _)| part.get(i)));
    }
    for i in 0..check {
        out.extend(parts.iter().map(|(_, checks)| checks[i]));
    }
    out
}

fn padded(version: usize, text: &[u8], length: usize) -> Vec<u8> {
    let mut nibbles = vec![4];
    let digits = if version < 10 { 2 } else { 4 };
    nibbles.extend(
        (0..digits)
            .rev()
            .map(|i| (text.len() >> (4 * i)) as u8 & 15),
    );
    nibbles.extend(text.iter().flat_map(|b| [b >> 4, b & 15]));
    nibbles.push(0);
    let mut out: Vec<u8> = nibbles
        .chunks(2)
        .map(|n| n[0] << 4 | n.get(1).unwrap_or(&0))
        .collect();
    let pad = [0xec, 0x11].into_iter().cycle();
    out.extend(pad.take(length.saturating_sub(out.len())));
    out.truncate(length);
    out
}

/// Product in GF(2⁸) modulo x⁸+x⁴+x³+x²+1.
fn times(a: u8, b: u8) -> u8 {
    let mut product = 0u16;
    for i in (0..8).rev() {
        product = (product << 1) ^ ((product >> 7) * 0x11d);
        product ^= u16::from(b >> i & 1) * u16::from(a);
    }
    product as u8
}

fn divisor(degree: usize) -> Vec<u8> {
    let mut result = vec![0; degree];
    result[degree - 1] = 1;
    let mut root = 1;
    for _ in 0..degree {
        for j in 0..degree {
            result[j] = times(result[j], root) ^ result.get(j + 1).copied().unwrap_or(0);
        }
        root = times(root, 2);
    }
    result
}

fn remainder(data: &[u8], divisor: &[u8]) -> Vec<u8> {
    let mut result = vec![0; divisor.len()];
    for byte in data {
        let factor = byte ^ result[0];
        result.rotate_left(1);
        result[divisor.len() - 1] = 0;
        for (r, d) in result.iter_mut().zip(divisor) {
            *r ^= times(*d, factor);
        }
    }
    result
}

impl Code {
    /// The patterns that every code of a version has.
    fn blank(version: usize) -> Self {
        let size = version * 4 + 17;
        let mut code = Self {
            size,
            dark: vec![false; size * size],
            fixed: vec![false; size * size],
        };
        for i in 0..size {
            code.set(6, i, i % 2 == 0);
            code.set(i, 6, i % 2 == 0);
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] {
            code.square(x, y, 4, &[2, 4]);
        }
        let marks = mark_places(version);
        let last = marks.len().saturating_sub(1);
        for (i, x) in marks.iter().enumerate() {
            for (j, y) in marks.iter().enumerate() {
                if (i, j) != (0, 0) && (i, j) != (0, last) && (i, j) != (last, 0) {
                    code.square(*x, *y, 2, &[1]);
                }
            }
        }
        code.format(0);
        if version >= 7 {
            code.version(version);
        }
        code
    }

    /// Whether the module in this column and row is dark.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.size + x]
    }

    fn set(&mut self, x: usize, y: usize, dark: bool) {
        self.dark[y * self.size + x] = dark;
        self.fixed[y * self.size + x] = true;
    }

    /// Rings around a centre, dark but for these.
    fn square(&mut self, x: usize, y: usize, radius: usize, light: &[usize]) {
        for v in y.saturating_sub(radius)..=(y + radius).min(self.size - 1) {
            for u in x.saturating_sub(radius)..=(x + radius).min(self.size - 1) {
                let ring = x.abs_diff(u).max(y.abs_diff(v));
                self.set(u, v, !light.contains(&ring));
            }
        }
    }

    /// Level and mask, twice.
    fn format(&mut self, mask: usize) {
        let data = 1 << 3 | mask;
        let check = (0..10).fold(data, |r, _| (r << 1) ^ ((r >> 9) * 0x537));
        let bits = (data << 10 | check) ^ 0x5412;
        let bit = |i: usize| bits >> i & 1 == 1;
        let size = self.size;
        for i in 0..6 {
            self.set(8, i, bit(i));
        }
        self.set(8, 7, bit(6));
        self.set(8, 8, bit(7));
        self.set(7, 8, bit(8));
        for i in 9..15 {
            self.set(14 - i, 8, bit(i));
        }
        for i in 0..8 {
            self.set(size - 1 - i, 8, bit(i));
        }
        for i in 8..15 {
            self.set(8, size - 15 + i, bit(i));
        }
        self.set(8, size - 8, true);
    }

    fn version(&mut self, version: usize) {
        let check = (0..12).fold(version, |r, _| (r << 1) ^ ((r >> 11) * 0x1f25));
        let bits = version << 12 | check;
        for i in 0..18 {
            let (a, b) = (self.size - 11 + i % 3, i / 3);
            self.set(a, b, bits >> i & 1 == 1);
            self.set(b, a, bits >> i & 1 == 1);
        }
    }

    /// Two columns at a time, from the right, up and down in turn.
    fn write(&mut self, bytes: &[u8]) {
        let mut bits = bytes
            .iter()
            .flat_map(|b| (0..8).rev().map(move |i| b >> i & 1 == 1));
        let size = self.size;
        for pair in 0..(size - 1) / 2 {
            let right = size - 1 - 2 * pair;
            // The column of the timing pattern is left out.
            let right = if right <= 6 { right - 1 } else { right };
            for step in 0..size {
                let y = if pair % 2 == 0 { size - 1 - step } else { step };
                for x in [right, right - 1] {
                    if !self.fixed[y * size + x] {
                        self.dark[y * size + x] = bits.next().unwrap_or(false);
                    }
                }
            }
        }
    }

    fn mask(&mut self, mask: usize) {
        for y in 0..self.size {
            for x in 0..self.size {
                let turn = match mask {
                    0 => (x + y) % 2,
                    1 => y % 2,
                    2 => x % 3,
                    3 => (x + y) % 3,
                    4 => (x / 3 + y / 2) % 2,
                    5 => x * y % 2 + x * y % 3,
                    6 => (x * y % 2 + x * y % 3) % 2,
                    _ => ((x + y) % 2 + x * y % 3) % 2,
                };
                let at = y * self.size + x;
                self.dark[at] ^= turn == 0 && !self.fixed[at];
            }
        }
    }

    /// Long runs, blocks and imbalance, as the standard counts them.
    fn penalty(&self) -> usize {
        let n = self.size;
        let mut sum = 0;
        for a in 0..n {
            for across in [true, false] {
                let at = |b: usize| {
                    if across {
                        self.is_dark(b, a)
                    } else {
                        self.is_dark(a, b)
                    }
                };
                let mut run = 1;
                for b in 1..n {
                    run = if at(b) == at(b - 1) { run + 1 } else { 1 };
                    sum += match run {
                        5 => 3,
                        6.. => 1,
                        _ => 0,
                    };
                }
            }
        }
        for y in 1..n {
            for x in 1..n {
                let c = self.is_dark(x, y);
                let block = [(x - 1, y), (x, y - 1), (x - 1, y - 1)];
                sum += 3 * usize::from(block.iter().all(|(x, y)| self.is_dark(*x, *y) == c));
            }
        }
        let dark = self.dark.iter().filter(|d| **d).count();
        sum + dark.abs_diff(n * n / 2) * 20 / (n * n) * 10
    }

    /// The dark modules as the path of a picture, a unit each, with four units of margin.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let run = (x..self.size).take_while(|x| self.is_dark(*x, y)).count();
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + 4, y + 4));
                }
                x += run.max(1);
            }
        }
        path
    }
}

/// Columns (and rows) of the small squares.
fn mark_places(version: usize) -> Vec<usize> {
    if version == 1 {
        return Vec::new();
    }
    let (count, size) = (version / 7 + 2, version * 4 + 17);
    let step = (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2;
    let mut places: Vec<usize> = (0..count - 1).map(|i| size - 7 - i * step).collect();
    places.push(6);
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: &Code) -> String {
        let side = code.size + 8;
        let dark = |x: usize, y: usize| {
            let inside = |i: usize| (4..4 + code.size).contains(&i);
            inside(x) && inside(y) && code.is_dark(x - 4, y - 4)
        };
        let mut picture =
            rqrr::PreparedImage::prepare_from_greyscale(side * 4, side * 4, |x, y| {
                if dark(x / 4, y / 4) { 0 } else { 255 }
            });
        let grids = picture.detect_grids();
        assert_eq!(
            grids.len(),
            1,
            "a reader sees one code of {} modules",
            code.size
        );
        grids[0].decode().expect("it can be read").1
    }

    #[test]
    fn an_independent_reader_reads_every_size() {
        for version in 1..=40 {
            let text: String = (0..capacity(version))
                .map(|i| char::from(b'!' + (i * 7 % 90) as u8))
                .collect();
            let code = encode(&text).expect("it fits");
            assert_eq!(code.size, version * 4 + 17);
            assert_eq!(read(&code), text, "version {version}");
        }
    }

    #[test]
    fn links_come_back_and_long_texts_are_refused() {
        for text in ["", "x", "https://example.org/x/y/#/s/1eJwrTs0tyEmtBAA-_"] {
            assert_eq!(read(&encode(text).expect("it fits")), text);
        }
        assert_eq!(capacity(40), 2_953);
        assert!(encode(&"x".repeat(2_954)).is_none());
    }
}
