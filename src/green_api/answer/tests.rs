use super::*;
use crate::domain::Phone;

fn answer(status: u16, text: &str) -> Answer {
    Answer {
        status,
        retry_after: None,
        text: text.to_owned(),
        extent: Extent::Whole,
    }
}

fn by_phone() -> Addressed {
    Addressed::ByPhone(Phone::from_digits("79001234567").unwrap())
}

/// The kind of an outcome, so that a table can name it in a word.
fn kind(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted(id) => format!("accepted {id}"),
        Outcome::Refused(_) => "refused".into(),
        Outcome::Throttled { by, .. } => format!("throttled {by:?}"),
        Outcome::Unreachable(_) => "unreachable".into(),
        Outcome::Uncertain(_) => "uncertain".into(),
        Outcome::Halted(halt, _) => format!("halted {halt:?}"),
        Outcome::ChatIdWanted => "chatId wanted".into(),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of all answers")]
fn every_answer_means_what_the_contract_says() {
    let both = r#"{"invokeStatus":{"status":"QUOTE_EXCEEDED"},"correspondentsStatus":{"status":"X_EXCEEDED"}}"#;
    let chats = r#"{"invokeStatus":{"method":"sendmessage","used":67,"total":0,"status":"QUOTE_ALLOWED"},"correspondentsStatus":{"used":"3","status":"CORRESPONDENTS_QUOTA_EXCEEDED"}}"#;
    for (status, text, meaning) in [
        (
            200,
            r#"{"idMessage":"3EB0C767D097B7C7C030"}"#,
            "accepted 3EB0C767D097B7C7C030",
        ),
        (
            200,
            "\u{feff} {\"more\":[1],\"idMessage\":\"A\"}\n",
            "accepted A",
        ),
        (200, r#"{"idMessage":""}"#, "uncertain"),
        (200, r#"{"idMessage":"  "}"#, "uncertain"),
        (200, r#"{"idMessage":"A\nB"}"#, "uncertain"),
        (200, r#"{"idMessage":"A\u0007B"}"#, "uncertain"),
        (200, r#"{"idMessage":"A\u007fB"}"#, "uncertain"),
        (200, r#"{"idMessage":"A\u2028B"}"#, "uncertain"),
        (200, r#"{"idMessage":"\u200b"}"#, "uncertain"),
        (200, r#"{"idMessage":"A\u202eB"}"#, "uncertain"),
        (200, r#"{"idMessage":"\u00a0\t"}"#, "uncertain"),
        (200, "{\"idMessage\":\"A\u{fffd}\"}", "uncertain"),
        (200, r#"{"idMessage":"A\ud800"}"#, "uncertain"),
        (200, r#"{"idMessage":7}"#, "uncertain"),
        (200, r#"{"idMessage":null}"#, "uncertain"),
        (200, r#"{"idmessage":"A"}"#, "uncertain"),
        (200, r#"[{"idMessage":"A"}]"#, "uncertain"),
        (200, r#"{"idMessage":"A"} {"#, "uncertain"),
        (200, "", "uncertain"),
        (200, "null", "uncertain"),
        (200, "<html>ok</html>", "uncertain"),
        (
            200,
            r#"{"code":401,"description":"Unauthorized"}"#,
            "uncertain",
        ),
        (
            200,
            r#"{"status":false,"reason":"instance is starting or not authorized"}"#,
            "throttled StartingOrNotAuthorized",
        ),
        (
            200,
            r#"{"status":false,"reason":"instance account not authorized"}"#,
            "halted NotAuthorized",
        ),
        (200, r#"{"status":false,"reason":"other"}"#, "uncertain"),
        (
            200,
            r#"{"status":true,"reason":"instance is starting or not authorized"}"#,
            "uncertain",
        ),
        (
            200,
            r#"{"status":false,"reason":"instance is starting or not authorized","idMessage":"A"}"#,
            "accepted A",
        ),
        (
            200,
            r#"{"status":false,"reason":"instance is starting or not authorized","idMessage":5}"#,
            "uncertain",
        ),
        (
            200,
            r#"{"status":false,"reason":"instance is starting or not authorized","idMessage":null}"#,
            "uncertain",
        ),
        (
            200,
            r#"{"status":false,"reason":"instance is starting or not authorized","idMessage":"A\ud800"}"#,
            "uncertain",
        ),
        (201, r#"{"idMessage":"A"}"#, "uncertain"),
        (202, "", "uncertain"),
        (204, "", "uncertain"),
        (301, "", "halted Redirected"),
        (302, "", "halted Redirected"),
        (304, "", "halted Redirected"),
        (308, "", "halted Redirected"),
        (
            400,
            "instance in starting process try later",
            "throttled Starting",
        ),
        (
            400,
            r#"{"message":"Instance in STARTING process try later"}"#,
            "throttled Starting",
        ),
        (
            400,
            "instance is starting or not authorized",
            "throttled StartingOrNotAuthorized",
        ),
        (
            400,
            "<p>Instance is starting\nor not authorized</p>",
            "throttled StartingOrNotAuthorized",
        ),
        (
            400,
            "instance account not authorized",
            "halted NotAuthorized",
        ),
        (
            400,
            "Instance account is expired. Renew your instance from personal area",
            "halted Expired",
        ),
        (400, "Instance is deleted", "halted Deleted"),
        (
            400,
            r#"{"message":"instance has yellowCard"}"#,
            "halted Suspended",
        ),
        (
            400,
            r#"{"message":"Instance is blocked"}"#,
            "halted Blocked",
        ),
        (
            400,
            r#"{"message":"x","idMessage":"3EB0C767D097B7C7C030"}"#,
            "uncertain",
        ),
        (409, r#"{"idMessage":7}"#, "uncertain"),
        (400, "bad request data", "refused"),
        (400, "Bad Request", "refused"),
        (400, "", "refused"),
        (400, "Unexpected token _ in JSON at position 12", "refused"),
        (
            400,
            "Validation failed. Details: 'firstName' of Starting & Co is expired",
            "refused",
        ),
        (
            400,
            "Validation failed. Details: 'chatId' is required",
            "chatId wanted",
        ),
        (
            400,
            r#"{"message":"Validation failed. Details: 'chatId' is required"}"#,
            "chatId wanted",
        ),
        (
            400,
            r#"{"message":"Details: \u0027chatId\u0027 is required"}"#,
            "chatId wanted",
        ),
        (
            400,
            r#"{"message":"Details: \"chatId\" is required"}"#,
            "chatId wanted",
        ),
        (400, "<p>&#39;chatId&#39; is required</p>", "chatId wanted"),
        (400, "'chatId' is not allowed to be empty", "refused"),
        (
            400,
            "You have used up the chat limit on your tariff. Renew you instance from personal area.",
            "refused",
        ),
        (401, "", "halted WrongToken"),
        (402, "", "halted Expired"),
        (403, "Forbidden", "halted WrongInstance"),
        (
            403,
            r#"{"message":"Your account is Suspended"}"#,
            "halted Suspended",
        ),
        (404, "Not Found", "halted WrongAddress"),
        (405, "", "halted WrongAddress"),
        (407, "", "unreachable"),
        (408, "", "uncertain"),
        (409, "", "refused"),
        (410, "", "halted WrongAddress"),
        (413, "", "refused"),
        (415, "", "refused"),
        (422, "", "refused"),
        (425, "", "uncertain"),
        (429, "", "throttled TooMany"),
        (466, both, "halted QuotaExceeded"),
        (466, chats, "refused"),
        (
            466,
            r#"{"invokeStatus":{"status":"QUOTE_EXCEEDED"}}"#,
            "halted QuotaExceeded",
        ),
        (
            466,
            r#"{"correspondentsStatus":{"status":"correspondents_quote_exceeded"}}"#,
            "refused",
        ),
        (466, "quota", "halted QuotaExceeded"),
        (466, "", "halted QuotaExceeded"),
        (469, "", "refused"),
        (499, "", "uncertain"),
        (500, "", "uncertain"),
        (500, r#"{"message":"Request Entity Too Large"}"#, "refused"),
        (502, "<html>Bad Gateway</html>", "uncertain"),
        (503, "instance in starting process try later", "uncertain"),
        (504, "", "uncertain"),
        (599, "", "uncertain"),
        (999, "", "uncertain"),
    ] {
        let outcome = of_contact(&answer(status, text), by_phone());
        assert_eq!(kind(&outcome), meaning, "{status} {text}");
    }
}

#[test]
fn a_request_that_had_a_chat_id_is_refused_when_the_service_misses_it() {
    let answer = answer(400, "Validation failed. Details: 'chatId' is required");
    assert_eq!(kind(&of_contact(&answer, Addressed::ByChat)), "refused");
}

#[test]
fn a_200_of_which_a_part_is_missing_is_uncertain_and_any_other_answer_is_what_it_began_to_be() {
    for extent in [Extent::TooLong, Extent::CutShort] {
        let whole = answer(200, r#"{"idMessage":"A"}"#);
        assert_eq!(
            kind(&of_contact(&Answer { extent, ..whole }, by_phone())),
            "uncertain"
        );
        let starting = answer(400, r#"{"message":"instance in starting process"#);
        assert_eq!(
            kind(&of_contact(&Answer { extent, ..starting }, by_phone())),
            "throttled Starting"
        );
    }
}

#[test]
fn the_words_are_one_short_line() {
    let long = "ё ".repeat(10_000);
    for (status, text, words) in [
        (
            400,
            "bad  request\r\ndata\u{7}",
            "HTTP 400: bad request data",
        ),
        (
            400,
            r#"{"statusCode":400,"message":"bad\nrequest data"}"#,
            "HTTP 400: bad request data",
        ),
        (400, r#"{"code":"X"}"#, r#"HTTP 400: {"code":"X"}"#),
        (413, "", "HTTP 413: Payload Too Large"),
        (
            422,
            "<html><head><title>No</title></head><p>way</html>",
            "HTTP 422: No way",
        ),
        (469, " ", "HTTP 469: the answer is empty"),
        (
            466,
            r#"{"correspondentsStatus":{"status":"QUOTA_EXCEEDED","description":"3 chats"}}"#,
            "HTTP 466: 3 chats",
        ),
    ] {
        assert_eq!(
            of_contact(&answer(status, text), by_phone()),
            Outcome::Refused(words.into())
        );
    }
    let Outcome::Uncertain(words) = of_contact(&answer(502, &long), by_phone()) else {
        panic!()
    };
    assert_eq!(
        (words.chars().count(), words.ends_with('…')),
        (LONGEST_WORDS, true)
    );
}

#[test]
fn a_pause_lasts_as_long_as_the_answer_says() {
    for (status, text) in [(429, ""), (400, "starting")] {
        let wait = Some(Duration::from_secs(7));
        let outcome = of_contact(
            &Answer {
                retry_after: wait,
                ..answer(status, text)
            },
            by_phone(),
        );
        assert!(matches!(outcome, Outcome::Throttled { wait: told, .. } if told == wait));
    }
}

#[test]
fn the_state_is_read_and_a_null_is_an_instance_that_is_being_created() {
    for (text, state) in [
        (
            r#"{"stateInstance":"authorized"}"#,
            Some(InstanceState::Authorized),
        ),
        (
            r#"{"stateInstance":"notAuthorized"}"#,
            Some(InstanceState::NotAuthorized),
        ),
        (
            r#"{"stateInstance":"NotAuthorized"}"#,
            Some(InstanceState::NotAuthorized),
        ),
        (
            r#"{"stateInstance":"blocked"}"#,
            Some(InstanceState::Blocked),
        ),
        (
            r#"{"stateInstance":"starting"}"#,
            Some(InstanceState::Starting),
        ),
        (
            r#"{"stateInstance":"yellowCard"}"#,
            Some(InstanceState::YellowCard),
        ),
        (
            r#"{"stateInstance":"suspended"}"#,
            Some(InstanceState::Suspended),
        ),
        (
            r#"{"stateInstance":"sleepMode"}"#,
            Some(InstanceState::SleepMode),
        ),
        (
            r#"{"stateInstance":"asleep"}"#,
            Some(InstanceState::Unnamed("asleep".into())),
        ),
        ("null", Some(InstanceState::Starting)),
        ("{}", None),
        ("", None),
    ] {
        assert_eq!(of_state(&answer(200, text)).ok(), state, "{text}");
    }
    assert_eq!(
        kind(&of_state(&answer(401, "")).unwrap_err()),
        "halted WrongToken"
    );
}

#[test]
fn no_answer_makes_the_reading_panic_and_only_a_readable_id_is_an_acceptance() {
    let mut random = fastrand::Rng::with_seed(7);
    let seeds = [
        r#"{"idMessage":"3EB0C767D097B7C7C030"}"#,
        r#"{"statusCode":400,"path":"/waInstance1/sendContact/t","message":"Validation failed. Details: 'chatId' is required"}"#,
        r#"{"invokeStatus":{"method":"sendcontact","used":67,"total":0,"status":"QUOTE_ALLOWED"},"correspondentsStatus":{"status":"CORRESPONDENTS_QUOTE_EXCEEDED"}}"#,
        "<html><body>502 Bad Gateway</body></html>",
        r#"{"stateInstance":"authorized"}"#,
    ];
    let alphabet: Vec<char> = "{}[]\":,\\nulltrue0e9 \u{0}\u{301}Я🎄\n".chars().collect();
    let statuses = [
        100, 200, 201, 204, 302, 400, 401, 403, 404, 408, 413, 429, 466, 469, 499, 500, 502, 599,
        999,
    ];
    let rounds = std::env::var("FUZZ_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok());
    for round in 0..rounds.unwrap_or(20_000) {
        let mut text: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..random.usize(..8) {
            let place = random.usize(..=text.len());
            text.insert(place, alphabet[random.usize(..alphabet.len())]);
        }
        text.truncate(random.usize(..=text.len()));
        let text: String = text.into_iter().collect();
        let answer = answer(statuses[random.usize(..statuses.len())], &text);
        let outcome = of_contact(&answer, by_phone());
        let words = outcome.words(crate::i18n::Language::En);
        assert!(
            words.lines().count() <= 1 && words.chars().count() < 700,
            "{words:?}"
        );
        if let Outcome::Accepted(id) = outcome {
            let json: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(
                (answer.status, json["idMessage"].as_str().map(str::trim)),
                (200, Some(id.as_str()))
            );
        }
        // Whatever the state is, it can be parsed.
        let _state = of_state(&answer);
    }
}
