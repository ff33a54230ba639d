//! The fast general algorithm against the literal one, on many small groups with histories, contradictions included.

use super::super::steps::Trace;
use super::super::{Dense, GroupSubscription, MemberSubscription};
use super::claims::Claims;
use super::general;
use super::literal;
use super::setup::Setup;
use crate::java::JavaRandom;
use crate::java::random::RandomSource;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A group whose members subscribe to different topics and claim anything at all that exists.
fn random_group(random: &mut JavaRandom) -> GroupSubscription {
    let topics: Vec<(String, i32)> = (0..1 + random.next_int(5))
        .map(|it| (format!("t{it}"), random.next_int(9)))
        .collect();
    let members = 1 + random.next_int(7);
    let churn = random.next_int(4);
    let member = |it: i32, random: &mut JavaRandom| {
        let mut subscribed: Vec<String> = Vec::new();
        let mut owned: Vec<(String, Vec<i32>)> = Vec::new();
        for (name, count) in &topics {
            if random.next_int(3) > 0 {
                subscribed.push(name.clone());
                if random.next_int(20) == 0 {
                    subscribed.push(name.clone());
                }
            }
            // With churn 0 nobody claims anything; otherwise claims may overlap and go beyond the subscription.
            let claims = (0..*count).filter(|_| churn > 0 && random.next_int(members + 1) < churn);
            owned.push((name.clone(), claims.collect()));
        }
        let generation = random.next_int(4) - 1;
        MemberSubscription {
            member_id: format!("m{}", it * 7919 % 31),
            group_instance_id: None,
            topics: subscribed,
            owned,
            generation,
            userdata_generation: (random.next_int(5) > 0)
                .then(|| generation.max(random.next_int(3) - 1)),
            weight: 0,
        }
    };
    GroupSubscription {
        members: (0..members).map(|it| member(it, random)).collect(),
        topics: topics.iter().cloned().collect(),
    }
}

#[test]
fn fast_and_literal_agree() {
    let mut random = JavaRandom::new(848);
    let mut moved = 0;
    for round in 0..20_000 {
        let group = random_group(&mut random);
        let dense = Dense::new(&group).expect("a small group");
        let claims = Claims::read(&group, &dense, round % 2 == 0, -1);
        let silent = &mut Trace::silent();
        let mut fast = general::assign(&dense, &claims, silent);
        let mut slow = literal::assign(&Setup::new(&dense, &claims, silent), silent);
        moved += usize::from(fast.is_err());
        for assignment in [&mut fast, &mut slow].into_iter().flatten() {
            assignment.iter_mut().for_each(|it| it.sort_unstable());
        }
        assert_eq!(fast, slow, "round {round}: {group:?}");
    }
    assert!(moved > 0, "no group was strange enough");
}
