//! What must come out the same on every machine: run natively by `cargo test`, and in a browser by wasm-pack.
//!
//! Each test reduces a long computation to one number and compares it with the number written here, so that a difference
//! of word size, of overflow or of order between the two shows at once.

use rebalance_core::assignor::{Assignor, GroupSubscription, MemberSubscription};
use rebalance_core::java::JavaRandom;
use rebalance_core::partitioner::{murmur2, partition_for_key};
use rebalance_core::rng::Rng;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// FNV-1a over 64-bit words.
fn digest(words: impl IntoIterator<Item = u64>) -> u64 {
    let step = |h: u64, w: u64| (h ^ w).wrapping_mul(0x0100_0000_01b3);
    words.into_iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn random_streams_are_the_same_everywhere() {
    let mut stream = Rng::fork(42, "network");
    let mut java = JavaRandom::new(-7);
    let network = digest((0..100_000).map(|_| stream.next_u64()));
    let java = digest((0..100_000).map(|_| java.next_i64() as u64));
    assert_eq!(
        [network, java],
        [16_990_188_181_488_905_951, 9_594_681_566_951_168_355]
    );
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn keys_hash_to_the_same_partitions_everywhere() {
    let keys = || (0..50_000).map(|n| format!("user-{n}"));
    let hashes = digest(keys().map(|k| murmur2(k.as_bytes()) as u64));
    let partitions = digest(keys().map(|k| partition_for_key(k.as_bytes(), 60) as u64));
    assert_eq!(
        [hashes, partitions],
        [17_210_924_443_435_059_987, 16_373_756_733_410_953_819]
    );
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn assignments_are_the_same_everywhere() {
    let group = large_group();
    let digests = [Assignor::Range, Assignor::RoundRobin].map(|assignor| {
        let assignment = assignor.assign(&group).expect("the group is well formed");
        let partitions = assignment
            .values()
            .flat_map(|topics| topics.values().flatten());
        (assignor.name(), digest(partitions.map(|p| *p as u64)))
    });
    assert_eq!(
        digests,
        [
            ("range", 8_998_842_922_594_058_301),
            ("roundrobin", 9_806_197_073_541_657_531)
        ]
    );
}

/// 97 members of which every third leaves out a topic, 40 topics of 1 to 40 partitions.
fn large_group() -> GroupSubscription {
    let topic = |n: i32| format!("topic-{n}");
    let member = |m: i32| MemberSubscription {
        member_id: format!("consumer-{m}"),
        topics: (0..40)
            .filter(|t| m % 3 != 0 || *t != m % 40)
            .map(topic)
            .collect(),
        ..MemberSubscription::default()
    };
    GroupSubscription {
        topics: (0..40).map(|t| (topic(t), t + 1)).collect(),
        members: (0..97).map(member).collect(),
    }
}
