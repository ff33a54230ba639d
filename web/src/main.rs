//! The program of a first visit.
#![forbid(unsafe_code)]

fn main() {
    rebalance_web::start();
}
