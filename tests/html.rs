//! The page of figures in a real browser: it draws the chart, and breaks no rule that it sets itself.
//! Without Chromium (`chromium`, `chromium-browser` or `google-chrome` on the path) there is nothing to
//! ask, and the test says so and passes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    path::Path,
    process::{Command, Output},
};

use stand_in::{Desk, Reply, Service, accepted, refused};

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

fn browser() -> Option<&'static str> {
    let is_there = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
    BROWSERS.iter().find(is_there).copied()
}

fn ask(browser: &str, profile: &Path, wish: &str, page: &Path) -> Output {
    Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--v=0",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--hide-scrollbars", "--window-size=1000,1000", wish])
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap()
}

#[test]
fn a_browser_shows_the_page_and_blocks_nothing_of_it() {
    let Some(browser) = browser() else {
        eprintln!("there is no Chromium here; the page was not looked at");
        return;
    };
    let service = Service::start(|number, _| match number {
        1 => Reply::Close,
        2 => refused(400, "<img src=x onerror=alert(1)>"),
        _ => accepted(number),
    });
    let desk = Desk::new();
    desk.write("list.csv", stand_in::table(6));
    desk.run_to(
        &service,
        &["send", "list.csv", "--concurrency", "1", "--no-reconcile"],
    );
    assert_eq!(desk.run(&["report", "list", "--as", "html"]).code, 0);

    let profile = tempfile::tempdir().unwrap();
    let page = desk.path("list-summary.html");
    let dom = ask(browser, profile.path(), "--dump-dom", &page);
    let text = String::from_utf8_lossy(&dom.stdout);
    assert_eq!(text.matches("<circle class=\"piece-").count(), 3, "{text}");
    assert!(
        text.contains("&lt;img src=x onerror=alert(1)&gt;") && !text.contains("<img"),
        "{text}"
    );

    let picture = desk.path("page.png");
    let shot = ask(
        browser,
        profile.path(),
        &format!("--screenshot={}", picture.display()),
        &page,
    );
    let talk = [dom.stderr, shot.stderr].concat();
    let talk = String::from_utf8_lossy(&talk);
    assert!(
        !talk.contains("CONSOLE") && !talk.contains("Content Security Policy"),
        "{talk}"
    );
    let bytes = std::fs::metadata(&picture).unwrap().len();
    assert!(
        bytes > 20_000,
        "the picture has {bytes} bytes: the page is blank"
    );
}
