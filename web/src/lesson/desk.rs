//! A learner in a lesson: what was predicted, which hints were read, which steps are done and how. Pure; kept as one short line.

use std::rc::Rc;
use yew::Reducible;

/// What has become of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// To do.
    Open,
    /// The learner met its goals.
    Met,
    /// "Show me" met them.
    Shown,
    /// A link led past it; the page played it.
    Skipped,
}

/// A step as the learner left it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StepDesk {
    /// What has become of it.
    pub mark: Mark,
    /// The choice predicted, from 0.
    pub chosen: Option<usize>,
    /// Hints read.
    pub hints: usize,
}

/// A lesson as the learner left it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Desk {
    /// Its steps.
    pub steps: Vec<StepDesk>,
    /// Fewest commands with which the learner got through without being shown.
    pub best: Option<usize>,
}

/// What happened to a [`Desk`].
pub enum Deed {
    /// Another lesson, or the same as it was kept.
    Begin(Desk),
    /// A choice of a step's prediction.
    Choose(usize, usize),
    /// One more hint of a step.
    Hint(usize),
    /// A step is done.
    Done(usize, Mark),
    /// Everything is done, with so many commands.
    Finished(usize),
}

impl Desk {
    /// Nothing done yet.
    pub fn new(steps: usize) -> Self {
        let step = StepDesk {
            mark: Mark::Open,
            chosen: None,
            hints: 0,
        };
        Self {
            steps: vec![step; steps],
            best: None,
        }
    }

    /// The step that is to be done, or the number of steps.
    pub fn at(&self) -> usize {
        let open = self.steps.iter().position(|it| it.mark == Mark::Open);
        open.unwrap_or(self.steps.len())
    }

    /// Every step is done.
    pub fn is_done(&self) -> bool {
        !self.steps.is_empty() && self.at() == self.steps.len()
    }

    /// Something was done.
    pub fn is_begun(&self) -> bool {
        let touched = |it: &StepDesk| it.mark != Mark::Open || it.chosen.is_some() || it.hints > 0;
        self.steps.iter().any(touched)
    }

    /// Nobody helped.
    pub fn is_own(&self) -> bool {
        self.steps.iter().all(|it| it.mark == Mark::Met)
    }

    /// A step waits for its prediction.
    pub fn waits_for_prediction(&self, step: usize) -> bool {
        let mine = self.steps.get(step);
        mine.is_some_and(|it| it.mark == Mark::Open && it.chosen.is_none())
    }

    /// Steps before this one that are to do are skipped.
    pub fn skip_to(&mut self, step: usize) {
        let before = self.steps.iter_mut().take(step);
        before
            .filter(|it| it.mark == Mark::Open)
            .for_each(|it| it.mark = Mark::Skipped);
    }

    /// As a text without blanks but one: `7 m2.1,s0.0,o0.0`.
    pub fn encode(&self) -> String {
        let mut out = self.best.map_or_else(|| "-".into(), |it| it.to_string());
        for (at, step) in self.steps.iter().enumerate() {
            let mark = match step.mark {
                Mark::Open => 'o',
                Mark::Met => 'm',
                Mark::Shown => 's',
                Mark::Skipped => 'k',
            };
            out.push(if at == 0 { ' ' } else { ',' });
            out.push(mark);
            out.push_str(&step.chosen.map_or(0, |it| it + 1).to_string());
            out.push('.');
            out.push_str(&step.hints.to_string());
        }
        out
    }

    /// Reads [`Desk::encode`].
    pub fn decode(text: &str) -> Option<Self> {
        let (best, steps) = text.split_once(' ')?;
        let best = match best {
            "-" => None,
            number => Some(number.parse().ok()?),
        };
        let step = |text: &str| {
            let mark = match text.chars().next()? {
                'o' => Mark::Open,
                'm' => Mark::Met,
                's' => Mark::Shown,
                'k' => Mark::Skipped,
                _ => return None,
            };
            let (chosen, hints) = text[1..].split_once('.')?;
            Some(StepDesk {
                mark,
                chosen: chosen.parse::<usize>().ok()?.checked_sub(1),
                hints: hints.parse().ok()?,
            })
        };
        let steps = steps.split(',').map(step).collect::<Option<Vec<_>>>()?;
        Some(Self { steps, best })
    }
}

impl Reducible for Desk {
    type Action = Deed;

    fn reduce(self: Rc<Self>, deed: Deed) -> Rc<Self> {
        let mut next = (*self).clone();
        match deed {
            Deed::Begin(desk) => return Rc::new(desk),
            Deed::Choose(step, choice) => {
                // A prediction is made once.
                if let Some(it) = next.steps.get_mut(step) {
                    it.chosen.get_or_insert(choice);
                }
            }
            Deed::Hint(step) => {
                if let Some(it) = next.steps.get_mut(step) {
                    it.hints += 1;
                }
            }
            Deed::Done(step, mark) => {
                let open = next.steps.get_mut(step).filter(|it| it.mark == Mark::Open);
                if let Some(it) = open {
                    it.mark = mark;
                }
            }
            Deed::Finished(commands) if next.is_own() => {
                next.best = Some(next.best.map_or(commands, |best| best.min(commands)));
            }
            Deed::Finished(_) => {}
        }
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(desk: Desk, deeds: impl IntoIterator<Item = Deed>) -> Desk {
        let last = deeds.into_iter().fold(Rc::new(desk), Desk::reduce);
        (*last).clone()
    }

    #[test]
    fn a_desk_comes_back_as_it_was() {
        let desk = after(
            Desk::new(3),
            [
                Deed::Choose(0, 1),
                Deed::Hint(0),
                Deed::Done(0, Mark::Met),
                Deed::Done(1, Mark::Shown),
            ],
        );
        assert_eq!(desk.encode(), "- m2.1,s0.0,o0.0");
        assert_eq!(Desk::decode(&desk.encode()), Some(desk.clone()));
        assert_eq!((desk.at(), desk.is_done()), (2, false));
        for text in [
            "", "x", "- ", "- q0.0", "- m0", "a m0.0", "- m-1.0", "- é0.0",
        ] {
            assert_eq!(Desk::decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_prediction_is_made_once_and_a_step_done_once() {
        let desk = after(
            Desk::new(1),
            [
                Deed::Choose(0, 2),
                Deed::Choose(0, 0),
                Deed::Done(0, Mark::Met),
                Deed::Done(0, Mark::Shown),
                Deed::Choose(7, 0),
            ],
        );
        assert_eq!(desk.steps[0].chosen, Some(2));
        assert_eq!(desk.steps[0].mark, Mark::Met);
    }

    #[test]
    fn only_own_work_counts_for_the_best() {
        let own = || Desk::new(1);
        let mine = after(
            own(),
            [
                Deed::Done(0, Mark::Met),
                Deed::Finished(7),
                Deed::Finished(9),
            ],
        );
        assert_eq!(mine.best, Some(7));
        let shown = after(own(), [Deed::Done(0, Mark::Shown), Deed::Finished(3)]);
        assert_eq!(shown.best, None);
    }

    #[test]
    fn a_link_skips_what_is_to_do() {
        let mut desk = after(Desk::new(3), [Deed::Done(0, Mark::Met)]);
        desk.skip_to(2);
        let marks: Vec<Mark> = desk.steps.iter().map(|it| it.mark).collect();
        assert_eq!(marks, [Mark::Met, Mark::Skipped, Mark::Open]);
    }
}
