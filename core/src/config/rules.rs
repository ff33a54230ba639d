//! What the settings of brokers demand of each other: checked when a cluster is made or changed, as a broker checks them when it
//! starts (`GroupCoordinatorConfig`, `ShareGroupConfig`), in Kafka's order and words. A group's own settings keep to the same
//! bounds (`GroupConfig.validate`).

use super::{BrokerConfig, ConfigError, ConfigSet};

/// How the first setting of a [`Rule`] must stand to the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// Not smaller.
    AtLeast,
    /// Not greater.
    AtMost,
    /// Smaller.
    Below,
}

impl Relation {
    /// As Kafka's messages have it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "greater than or equal to",
            Self::AtMost => "less than or equal to",
            Self::Below => "less than",
        }
    }
}

/// Two settings that have to go together.
#[derive(PartialEq, Eq, Debug)]
pub struct Rule {
    /// The setting that is wrong.
    pub left: &'static str,
    /// How it must stand to the other.
    pub relation: Relation,
    /// The other.
    pub right: &'static str,
}

use Relation::{AtLeast, AtMost, Below};

const fn rule(left: &'static str, relation: Relation, right: &'static str) -> Rule {
    Rule {
        left,
        relation,
        right,
    }
}

macro_rules! rules_of_groups {
    ($($kind:literal),*) => {
        [$(
            rule(concat!($kind, ".max.heartbeat.interval.ms"), AtLeast, concat!($kind, ".min.heartbeat.interval.ms")),
            rule(concat!($kind, ".heartbeat.interval.ms"), AtLeast, concat!($kind, ".min.heartbeat.interval.ms")),
            rule(concat!($kind, ".heartbeat.interval.ms"), AtMost, concat!($kind, ".max.heartbeat.interval.ms")),
            rule(concat!($kind, ".max.session.timeout.ms"), AtLeast, concat!($kind, ".min.session.timeout.ms")),
            rule(concat!($kind, ".session.timeout.ms"), AtLeast, concat!($kind, ".min.session.timeout.ms")),
            rule(concat!($kind, ".session.timeout.ms"), AtMost, concat!($kind, ".max.session.timeout.ms")),
            rule(concat!($kind, ".heartbeat.interval.ms"), Below, concat!($kind, ".session.timeout.ms")),
        )*]
    };
}

const LOCK: &str = "group.share.record.lock.duration.ms";
const MIN_LOCK: &str = "group.share.min.record.lock.duration.ms";
const MAX_LOCK: &str = "group.share.max.record.lock.duration.ms";
const OWN_LOCK: &str = "share.record.lock.duration.ms";

static GROUPS: [Rule; 14] = rules_of_groups!("group.consumer", "group.share");
static LOCKS: [Rule; 2] = [rule(LOCK, AtLeast, MIN_LOCK), rule(MAX_LOCK, AtLeast, LOCK)];
static OWN: [Rule; 2] = [
    rule(OWN_LOCK, AtLeast, MIN_LOCK),
    rule(OWN_LOCK, AtMost, MAX_LOCK),
];

impl Rule {
    fn check(&'static self, left: i64, limit: i64) -> Result<(), ConfigError> {
        let kept = match self.relation {
            AtLeast => left >= limit,
            AtMost => left <= limit,
            Below => left < limit,
        };
        if kept {
            Ok(())
        } else {
            Err(ConfigError::Rule { rule: self, limit })
        }
    }
}

impl BrokerConfig {
    fn named(&self, name: &str) -> i64 {
        Self::index_of(name).map_or(0, |index| self.value(index))
    }

    /// Whether the settings go together.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut rules = GROUPS.iter().chain(&LOCKS);
        rules.try_for_each(|rule| rule.check(self.named(rule.left), self.named(rule.right)))
    }

    /// Whether a group's own setting is within the bounds that brokers put on it.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn check_own(&self, name: &str, value: i64) -> Result<(), ConfigError> {
        let mut rules = OWN.iter().filter(|rule| rule.left == name);
        rules.try_for_each(|rule| rule.check(value, self.named(rule.right)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GroupConfig, Preset};
    use alloc::string::ToString;

    fn set(preset: Preset, settings: &[(&str, &str)]) -> Result<(), alloc::string::String> {
        let mut config = BrokerConfig::preset(preset);
        for (name, value) in settings {
            config.set(name, value).expect("a setting");
        }
        config.check().map_err(|it| it.to_string())
    }

    #[test]
    fn both_presets_keep_the_rules() {
        assert_eq!(set(Preset::Kafka, &[]), Ok(()));
        assert_eq!(set(Preset::Classroom, &[]), Ok(()));
        let rules = GROUPS.iter().chain(&LOCKS).chain(&OWN);
        for name in rules.flat_map(|it| [it.left, it.right]) {
            let known = BrokerConfig::index_of(name).is_ok() || GroupConfig::index_of(name).is_ok();
            assert!(known, "{name}");
        }
    }

    #[test]
    fn every_bound_is_checked_in_the_words_of_kafka() {
        let refused = [
            (
                "consumer.session.timeout.ms",
                "10000",
                "greater than or equal to group.consumer.min.session.timeout.ms, which is 45000",
            ),
            (
                "consumer.session.timeout.ms",
                "60001",
                "less than or equal to group.consumer.max.session.timeout.ms, which is 60000",
            ),
            (
                "consumer.max.session.timeout.ms",
                "44999",
                "greater than or equal to group.consumer.min.session.timeout.ms, which is 45000",
            ),
            (
                "consumer.heartbeat.interval.ms",
                "4999",
                "greater than or equal to group.consumer.min.heartbeat.interval.ms, which is 5000",
            ),
            (
                "consumer.heartbeat.interval.ms",
                "15001",
                "less than or equal to group.consumer.max.heartbeat.interval.ms, which is 15000",
            ),
            (
                "consumer.max.heartbeat.interval.ms",
                "4999",
                "greater than or equal to group.consumer.min.heartbeat.interval.ms, which is 5000",
            ),
            (
                "share.session.timeout.ms",
                "10000",
                "greater than or equal to group.share.min.session.timeout.ms, which is 45000",
            ),
            (
                "share.session.timeout.ms",
                "60001",
                "less than or equal to group.share.max.session.timeout.ms, which is 60000",
            ),
            (
                "share.max.session.timeout.ms",
                "44999",
                "greater than or equal to group.share.min.session.timeout.ms, which is 45000",
            ),
            (
                "share.heartbeat.interval.ms",
                "4999",
                "greater than or equal to group.share.min.heartbeat.interval.ms, which is 5000",
            ),
            (
                "share.heartbeat.interval.ms",
                "15001",
                "less than or equal to group.share.max.heartbeat.interval.ms, which is 15000",
            ),
            (
                "share.max.heartbeat.interval.ms",
                "4999",
                "greater than or equal to group.share.min.heartbeat.interval.ms, which is 5000",
            ),
            (
                "share.record.lock.duration.ms",
                "14999",
                "greater than or equal to group.share.min.record.lock.duration.ms, which is 15000",
            ),
        ];
        for (name, value, why) in refused {
            let name = alloc::format!("group.{name}");
            let expected = alloc::format!("{name} must be {why}");
            assert_eq!(set(Preset::Kafka, &[(&name, value)]), Err(expected));
        }
        let bounds_moved = [
            ("group.consumer.min.session.timeout.ms", "10000"),
            ("group.consumer.session.timeout.ms", "10000"),
        ];
        assert_eq!(set(Preset::Kafka, &bounds_moved), Ok(()));
        let beats_too_rarely = [
            ("group.share.max.heartbeat.interval.ms", "50000"),
            ("group.share.heartbeat.interval.ms", "45000"),
        ];
        let why = "group.share.heartbeat.interval.ms must be less than group.share.session.timeout.ms, which is 45000";
        assert_eq!(set(Preset::Kafka, &beats_too_rarely), Err(why.to_string()));
        let locks_too_long = [("group.share.record.lock.duration.ms", "60001")];
        let why = "group.share.max.record.lock.duration.ms must be greater than or equal to group.share.record.lock.duration.ms, which is 60001";
        assert_eq!(set(Preset::Kafka, &locks_too_long), Err(why.to_string()));
    }

    #[test]
    fn a_group_keeps_to_the_bounds_of_its_brokers() {
        let broker = BrokerConfig::preset(Preset::Kafka);
        assert_eq!(broker.check_own(OWN_LOCK, 20_000), Ok(()));
        let refused = [
            (
                14_999,
                "greater than or equal to group.share.min.record.lock.duration.ms, which is 15000",
            ),
            (
                60_001,
                "less than or equal to group.share.max.record.lock.duration.ms, which is 60000",
            ),
        ];
        for (value, why) in refused {
            let refused = broker
                .check_own(OWN_LOCK, value)
                .map_err(|it| it.to_string());
            assert_eq!(refused, Err(alloc::format!("{OWN_LOCK} must be {why}")));
        }
    }
}
