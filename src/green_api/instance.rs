//! An instance as the console shows it: address, number and token. The token is in the path of every request, so an
//! address that would send it unencrypted is refused here.

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::i18n::{Language, messages};

/// One instance: `apiUrl`, `idInstance` and `apiTokenInstance` from its page in the console. Its `Debug` output shows
/// no token.
#[derive(Debug, Clone)]
pub struct Instance {
    api_url: Url,
    id: String,
    token: SecretString,
}

messages! {
    /// The given values cannot be an instance. No text repeats the token, or an address that may contain it.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum InstanceError {
        /// The address cannot be parsed, or has parts other than scheme, host, port and path.
        Address =
            en "the API address must look like https://api.green-api.com: copy apiUrl from the instance's page in the \
                console, without method or token",
            ru "адрес API должен быть таким, как https://api.green-api.com: скопируйте apiUrl со страницы инстанса в \
                личном кабинете, без метода и токена",
        /// The address is `http://` and not on this machine.
        Insecure =
            en "the API address begins with http://, which would send the token unencrypted: use https:// (or \
                --insecure-http, if you know that the connection is safe)",
            ru "адрес API начинается с http://, и токен ушёл бы незашифрованным: укажите https:// (или \
                --insecure-http, если знаете, что соединение безопасно)",
        /// `idInstance` is not 1 to 20 digits without a leading zero.
        Id =
            en "idInstance must be 1 to 20 digits without a leading zero: copy it from the instance's page in the \
                console",
            ru "idInstance — это от 1 до 20 цифр без нуля впереди: скопируйте его со страницы инстанса в личном кабинете",
        /// The token is empty, or has characters that no token has.
        Token =
            en "the token is empty or contains characters other than letters, digits, '-', '_' and '.': copy \
                apiTokenInstance from the instance's page in the console",
            ru "токен пуст, или в нём есть что-то кроме букв, цифр, '-', '_' и '.': скопируйте apiTokenInstance со \
                страницы инстанса в личном кабинете",
    }
}

impl Instance {
    /// Checks the three values from the console. The address may have a path before the methods and a trailing slash;
    /// `http://` is allowed only for this machine, unless `insecure_http` is set.
    ///
    /// # Errors
    /// [`InstanceError`] names the value that cannot be right.
    pub fn new(
        api_url: &str,
        id: &str,
        token: SecretString,
        insecure_http: bool,
    ) -> Result<Self, InstanceError> {
        let api_url = checked_address(api_url, insecure_http)?;
        let id = id.trim();
        // The service parses a number: with a leading zero, one instance would count as two.
        let is_number = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
        if !(1..=20).contains(&id.len()) || !is_number {
            return Err(InstanceError::Id);
        }
        if !is_token(token.expose_secret()) {
            return Err(InstanceError::Token);
        }
        Ok(Self {
            api_url,
            id: id.to_owned(),
            token,
        })
    }

    /// Returns the address without a trailing slash.
    #[must_use]
    pub fn api_url(&self) -> &str {
        self.api_url.as_str().trim_end_matches('/')
    }

    /// Returns `idInstance`: 1 to 20 digits without a leading zero. It has up to 12 digits since July 2026, and need
    /// not begin with the digits that name the host.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the URL of a method. It contains the token and must reach no text.
    pub(super) fn method_url(&self, method: &str) -> Result<Url, url::ParseError> {
        let token = self.token.expose_secret();
        Url::parse(&format!(
            "{}/waInstance{}/{method}/{token}",
            self.api_url(),
            self.id
        ))
    }

    pub(super) const fn token(&self) -> &SecretString {
        &self.token
    }

    /// Whether the address is on this machine; then no proxy may be used.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.api_url)
    }
}

impl Instance {
    /// Whether the token is sent unencrypted to another machine.
    pub(super) fn is_open(&self) -> bool {
        !self.is_https() && !self.is_loopback()
    }

    /// Whether the connection to the service is encrypted.
    pub(super) fn is_https(&self) -> bool {
        self.api_url.scheme() == "https"
    }
}

fn checked_address(text: &str, insecure_http: bool) -> Result<Url, InstanceError> {
    let url = Url::parse(text.trim()).map_err(|_| InstanceError::Address)?;
    let bare = url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    let with_method = url.path().to_ascii_lowercase().contains("/wainstance");
    if !bare || !anonymous || with_method || url.host().is_none() {
        return Err(InstanceError::Address);
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if insecure_http || is_loopback(&url) => Ok(url),
        "http" => Err(InstanceError::Insecure),
        _ => Err(InstanceError::Address),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

/// Whether the token is safe as one segment of a path: a segment of dots alone would change the path.
fn is_token(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && text.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "bde035edae3fc00bc116bd112297908d8145e5ba8decc5d884";

    fn instance(
        api_url: &str,
        id: &str,
        token: &str,
        insecure: bool,
    ) -> Result<Instance, InstanceError> {
        Instance::new(api_url, id, SecretString::from(token), insecure)
    }

    #[test]
    fn an_address_may_have_a_path_and_a_slash_and_is_open_on_this_machine_only() {
        for (text, known_as) in [
            ("https://api.green-api.com", "https://api.green-api.com"),
            (
                " https://7103.api.greenapi.com/ ",
                "https://7103.api.greenapi.com",
            ),
            (
                "https://proxy.example/green//",
                "https://proxy.example/green",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.9.9.9", "http://127.9.9.9"),
            ("http://[::1]:1/", "http://[::1]:1"),
            ("http://LOCALHOST", "http://localhost"),
        ] {
            let instance = instance(text, "1101000001", TOKEN, false).unwrap();
            assert_eq!(instance.api_url(), known_as, "{text}");
        }
        for text in [
            "http://api.green-api.com",
            "http://10.0.0.1",
            "http://localhost.evil.example",
        ] {
            assert_eq!(
                instance(text, "1", TOKEN, false).unwrap_err(),
                InstanceError::Insecure,
                "{text}"
            );
            assert!(instance(text, "1", TOKEN, true).is_ok(), "{text}");
        }
        for text in [
            "",
            "api.green-api.com",
            "ftp://api.green-api.com",
            "https://user:secret@api.green-api.com",
            "https://api.green-api.com?a=b",
            "https://api.green-api.com/#a",
            "https://api.green-api.com/waInstance1/sendContact/abc",
        ] {
            assert_eq!(
                instance(text, "1", TOKEN, true).unwrap_err(),
                InstanceError::Address,
                "{text}"
            );
        }
    }

    #[test]
    fn the_token_stands_in_no_error_and_no_debug_text() {
        for token in ["", "..", "abc/def", "abc def", "abc%20", "токен", "abc\n"] {
            let error = instance("https://api.green-api.com", "1", token, false).unwrap_err();
            assert_eq!(error, InstanceError::Token);
            assert!(
                token.is_empty() || token == ".." || !format!("{error} {error:?}").contains(token)
            );
        }
        let good = instance("https://api.green-api.com/x/", "7103000001", TOKEN, false).unwrap();
        assert!(!format!("{good:?}").contains(TOKEN));
        assert_eq!(
            good.method_url("sendContact").unwrap().as_str(),
            format!("https://api.green-api.com/x/waInstance7103000001/sendContact/{TOKEN}")
        );
    }

    #[test]
    fn an_id_is_one_to_twenty_digits_without_a_zero_in_front() {
        for bad in [
            "",
            "123456789012345678901",
            "11a",
            "-1",
            "１",
            "0101000001",
            "0",
            "1 1",
        ] {
            assert_eq!(
                instance("https://api.green-api.com", bad, TOKEN, false).unwrap_err(),
                InstanceError::Id
            );
        }
        for good in ["1", "7103000001", "110100000123", "99999999999999999999"] {
            let instance = instance(
                "https://7103.api.greenapi.com",
                &format!(" {good} "),
                TOKEN,
                false,
            );
            assert_eq!(instance.unwrap().id(), good);
        }
    }
}
