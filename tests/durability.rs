//! Killed at any moment, the program sends no card twice and loses no row.

use std::collections::HashMap;

use stand_in::{Desk, Reply, Service, accepted, table};

#[test]
fn after_a_kill_the_next_run_sends_the_rest_and_no_card_twice() {
    let late = std::time::Duration::from_millis(20);
    let service = Service::start(move |number, _| Reply::Late(late, Box::new(accepted(number))));
    let desk = Desk::new();
    desk.write("list.csv", table(120));
    let arguments = ["send", "list.csv", "--json", "--rate", "400"];
    for cards in [1, 30, 60] {
        let mut run = desk.to(&service, &arguments).stdout(std::process::Stdio::null()).spawn().unwrap();
        service.wait_for(cards);
        run.kill().unwrap();
        run.wait().unwrap();
    }
    let ran = desk.run_to(&service, &arguments);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert_eq!(ran.count("rows"), 120);
    assert_eq!(ran.count("accepted") + ran.count("unknown"), 120);

    let mut times = HashMap::new();
    for request in service.sends() {
        *times.entry(request.body).or_insert(0) += 1;
    }
    assert!(times.values().all(|sent| *sent == 1), "a card was sent twice");
    assert!(times.len() as u64 >= ran.count("accepted"));
}
