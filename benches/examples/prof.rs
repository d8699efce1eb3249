//! Private.
use accolade_benches::floor::{Floor, engine, record};
use accolade_benches::rounds::time;
use accolade_benches::{catalog, community, demo_events};
fn main() {
    let events: Vec<_> = match std::env::args().nth(1).as_deref() {
        Some("demo") => demo_events(),
        Some("many") => community::events(10_000, 40_000).collect(),
        _ => community::events(1_000, 40_000).collect(),
    };
    let rounds: u32 = std::env::args().nth(2).unwrap().parse().unwrap();
    let batches: Vec<Vec<_>> = events.chunks(1000).map(|c| c.to_vec()).collect();
    let floor = std::env::args().nth(3).map(|_| Floor::capture(catalog(), batches.clone()));
    let mut r = vec![];
    for _ in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(&folder.path().join("engine.db"), catalog());
        let b = batches.clone();
        let e = time(|| record(&engine, b)).as_secs_f64();
        if let Some(f) = &floor {
            let o = f.run(catalog()).as_secs_f64();
            r.push(o / e);
            println!("engine {:.2} us bare {:.2} us ratio {:.2}", e * 1e6 / events.len() as f64, o * 1e6 / events.len() as f64, o / e);
        }
    }
    r.sort_by(f64::total_cmp);
    if !r.is_empty() { println!("median {:.3}", r[r.len() / 2]); }
}
