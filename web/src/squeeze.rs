//! Makes short texts shorter: for links, and for the codes that carry them.
//!
//! Every bit is guessed from what stood before it, and only how wrong the guess was is written down (an arithmetic
//! coder). The guess is mixed from six, each knowing a longer piece of what stood before; the mixture learns which of
//! them to trust. Before it begins it reads [`PRIMER`], so that the words of commands are no news. A script takes half
//! of what deflate makes of it.
//!
//! The numbers are part of the format: another table, another primer, and links of before cannot be read.
//!
//! It simplifies: it takes half a megabyte and a microsecond a bit, which is nothing for what fits in a link.

/// What a script looks like.
const PRIMER: &str = "cluster create brokers=3 controllers=3 seed=42 preset=classroom\n\
topic create orders partitions=3 replication=3 min.insync.replicas=2\n\
producer add p1 topic=orders rate=2/s keys=alice,bob,carol,dave acks=all\n\
consumer add c1 group=billing topics=orders auto.offset.reset=earliest\nadvance 15s\nbroker crash 2\n\
advance 1.234567s\nconsumer stop c2\nadvance 250ms\nbroker start 2\nproducer send p1 topic=orders key=k value=v\n";

/// Guesses that are mixed.
const GUESSES: usize = 6;
/// Bits of a place in the memory.
const PLACE: u32 = 17;

/// How sure: a probability of 4096 from the logarithm of its odds, in steps of 128 from -2048 on.
const SURE: [i32; 33] = [
    1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348,
    3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
];

fn sure(odds: i32) -> i32 {
    let at = odds.clamp(-2047, 2047) + 2048;
    let (low, part) = ((at >> 7) as usize, at & 127);
    (SURE[low] * (128 - part) + SURE[low + 1] * part + 64) >> 7
}

/// What is known from the bits so far.
struct Model {
    /// A probability in the upper 22 bits, and how often it was asked in the others.
    memory: Vec<u32>,
    /// The odds of each probability.
    odds: Vec<i16>,
    /// The places of the present guesses.
    places: [usize; GUESSES],
    /// Their odds.
    guesses: [i32; GUESSES],
    /// How far each is trusted, in 65536ths.
    trust: [i32; GUESSES],
    /// Hashes of what stood before.
    before: [u32; GUESSES],
    /// The last eight bytes.
    last: u64,
    /// Hash of the word up to here.
    word: u32,
    /// The bits of the byte underway after a one.
    bits: u32,
}

impl Model {
    fn new() -> Self {
        let mut odds = Vec::with_capacity(4096);
        for at in -2047..=2047 {
            odds.resize((sure(at) as usize + 1).max(odds.len()), at as i16);
        }
        odds.resize(4096, 2047);
        let mut model = Self {
            memory: vec![1 << 31; GUESSES << PLACE],
            odds,
            places: [0; GUESSES],
            guesses: [0; GUESSES],
            trust: [24_000; GUESSES],
            before: [0; GUESSES],
            last: 0,
            word: 0,
            bits: 1,
        };
        for byte in PRIMER.bytes() {
            for at in (0..8).rev() {
                model.guess();
                model.learn(u32::from(byte >> at & 1));
            }
        }
        model
    }

    /// The probability of a one, of 4096.
    fn guess(&mut self) -> u32 {
        let mut sum = 0i64;
        for it in 0..GUESSES {
            let hash =
                (self.before[it] ^ self.bits.wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B);
            self.places[it] = it << PLACE | (hash >> (32 - PLACE)) as usize;
            let odds = self.odds[(self.memory[self.places[it]] >> 20) as usize];
            self.guesses[it] = i32::from(odds);
            sum += i64::from(odds) * i64::from(self.trust[it]);
        }
        sure((sum >> 16).clamp(-2047, 2047) as i32) as u32
    }

    /// The bit that was guessed at is this one.
    fn learn(&mut self, bit: u32) {
        let mixed = self.guesses.iter().zip(&self.trust);
        let mixed: i64 = mixed
            .map(|(&odds, &trust)| i64::from(odds) * i64::from(trust))
            .sum();
        let wrong = ((bit as i32) << 12) - sure((mixed >> 16).clamp(-2047, 2047) as i32);
        for it in 0..GUESSES {
            self.trust[it] += (self.guesses[it] * wrong * 6 + 0x8000) >> 16;
            let slot = &mut self.memory[self.places[it]];
            let (known, asked) = ((*slot >> 10) as i32, (*slot & 1023) as i32);
            let aim = (bit as i32 * ((1 << 22) - 1) - known) * 2 / (asked * 2 + 3);
            *slot = ((known + aim) as u32) << 10 | (asked + 1).min(30) as u32;
        }
        self.bits = self.bits << 1 | bit;
        if self.bits > 255 {
            self.end_of_byte();
        }
    }

    fn end_of_byte(&mut self) {
        let byte = self.bits & 255;
        self.bits = 1;
        self.last = self.last << 8 | u64::from(byte);
        let in_word = byte > 127 || (byte as u8).is_ascii_alphanumeric();
        self.word = if in_word {
            (self.word + byte + 1).wrapping_mul(0x2F0B_4C47)
        } else {
            0
        };
        for (it, before) in self.before.iter_mut().enumerate() {
            let bytes = [1, 2, 3, 4, 6][it.min(4)];
            let known = self.last & ((1 << (8 * bytes)) - 1);
            let hash = (known as u32).wrapping_mul(0x9E37_79B1);
            *before = match it {
                5 => self.word,
                _ => hash ^ ((known >> 32) as u32).wrapping_mul(0xC2B2_AE35),
            };
        }
    }

    /// Where a range splits between one and nought.
    fn split(&mut self, low: u32, high: u32) -> u32 {
        low + ((u64::from(high - low) * u64::from(self.guess())) >> 12) as u32
    }
}

/// Makes a text shorter; its length and whether it is whole are for the caller to keep.
pub fn squeeze(text: &[u8]) -> Vec<u8> {
    let mut model = Model::new();
    let (mut low, mut high) = (0u32, u32::MAX);
    let mut out = Vec::new();
    for byte in text {
        for at in (0..8).rev() {
            let bit = u32::from(byte >> at & 1);
            let middle = model.split(low, high);
            if bit == 1 {
                high = middle;
            } else {
                low = middle + 1;
            }
            model.learn(bit);
            while (low ^ high) >> 24 == 0 {
                out.push((high >> 24) as u8);
                low <<= 8;
                high = high << 8 | 255;
            }
        }
    }
    // One more byte decides between what is left; what follows it may be anything.
    if !text.is_empty() {
        out.push((low >> 24) as u8 + 1);
    }
    out
}

/// The text of this length that became these bytes; of other bytes it makes some text, too.
pub fn stretch(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut model = Model::new();
    let (mut low, mut high) = (0u32, u32::MAX);
    let mut bytes = bytes.iter();
    let mut next = move || bytes.next().map_or(0, |it| u32::from(*it));
    let mut at = (0..4).fold(0, |at, _| at << 8 | next());
    let mut text = Vec::with_capacity(length);
    while text.len() < length {
        let mut byte = 1u32;
        while byte < 256 {
            let middle = model.split(low, high);
            let bit = u32::from(at <= middle);
            if bit == 1 {
                high = middle;
            } else {
                low = middle + 1;
            }
            model.learn(bit);
            byte = byte << 1 | bit;
            while (low ^ high) >> 24 == 0 {
                low <<= 8;
                high = high << 8 | 255;
                at = at << 8 | next();
            }
        }
        text.push(byte as u8);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> String {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scripts");
        let mut files: Vec<_> = std::fs::read_dir(root)
            .unwrap()
            .flatten()
            .map(|it| it.path())
            .collect();
        files.sort();
        let texts = files.iter().map(|it| std::fs::read_to_string(it).unwrap());
        texts.collect::<Vec<_>>().concat()
    }

    #[test]
    fn every_text_comes_back() {
        let sample: String = sample().chars().take(10_000).collect();
        for text in ["", "x", "\0\0\0", PRIMER, "用户-爱丽丝 \u{10FFFF}", &sample] {
            let short = squeeze(text.as_bytes());
            assert_eq!(stretch(&short, text.len()), text.as_bytes());
        }
        let mut noise = 7u32;
        let noise: Vec<u8> = (0..3000)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (noise >> 24) as u8
            })
            .collect();
        assert_eq!(stretch(&squeeze(&noise), noise.len()), noise);
        let zeros = vec![0; 5_000];
        assert_eq!(stretch(&squeeze(&zeros), zeros.len()), zeros);
    }

    #[test]
    fn whatever_comes_in_something_of_the_length_comes_out() {
        for bytes in [&[][..], &[0; 9], &[255; 9], &[1, 2, 3]] {
            assert_eq!(stretch(bytes, 40).len(), 40);
        }
    }

    #[test]
    fn commands_become_much_shorter() {
        let sample = sample();
        let commands = sample
            .lines()
            .filter(|it| !it.is_empty() && !it.starts_with(['#', 'e']));
        let commands: Vec<_> = commands.take(100).collect();
        for (lines, times) in [(8, 3), (100, 5)] {
            let script = commands[..lines].join("\n");
            let short = squeeze(script.as_bytes()).len();
            assert!(
                short * times < script.len(),
                "{} became {short}",
                script.len()
            );
        }
    }
}
