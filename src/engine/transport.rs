//! The requests that the engine makes to the service, as a trait.

use jiff::Timestamp;

use crate::{
    domain::{AccountCheck, Message, Outcome, Phone},
    green_api::{Client, InstanceState, PhoneAs},
};

/// The connection to one instance. Each call is one request and is never repeated.
pub trait Transport: Clone + Send + 'static {
    /// Sends one contact to the service.
    fn send_contact(
        &self,
        message: &Message,
        phone_as: PhoneAs,
    ) -> impl Future<Output = Outcome> + Send;

    /// Asks whether a number has an account.
    fn check_account(&self, phone: Phone) -> impl Future<Output = AccountCheck> + Send;

    /// Asks for the state of the instance. The error is the outcome that the same answer would mean for a contact.
    fn state_instance(&self) -> impl Future<Output = Result<InstanceState, Outcome>> + Send;

    /// Asks when the restriction of the number ends; `None` if the service names no time.
    fn suspended_until(&self) -> impl Future<Output = Result<Option<Timestamp>, Outcome>> + Send;
}

impl Transport for Client {
    fn send_contact(
        &self,
        message: &Message,
        phone_as: PhoneAs,
    ) -> impl Future<Output = Outcome> + Send {
        self.send_contact(message, phone_as)
    }

    fn check_account(&self, phone: Phone) -> impl Future<Output = AccountCheck> + Send {
        self.check_account(phone)
    }

    fn state_instance(&self) -> impl Future<Output = Result<InstanceState, Outcome>> + Send {
        self.state_instance()
    }

    async fn suspended_until(&self) -> Result<Option<Timestamp>, Outcome> {
        Ok(self.wa_settings().await?.suspended_until)
    }
}
