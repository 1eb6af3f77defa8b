//! The service: the instance to send from, its token, and how long a request may take.

use std::{
    env,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use super::error::SettingsError;
use crate::{
    cli::{
        args::{DurationArgument, ServiceArguments, from_file::FileToken},
        config::read_token,
    },
    green_api::{Instance, TimeOuts},
    i18n,
    ledger::Service,
};

/// Returns the instance to send from, and its service.
pub(crate) fn instance(arguments: &ServiceArguments) -> Result<(Instance, Service), SettingsError> {
    let missing = || {
        arguments
            .name
            .clone()
            .map_or_else(|| none_chosen(arguments), SettingsError::InstanceNoId)
    };
    let id = arguments
        .id_instance
        .as_deref()
        .filter(|id| !id.is_empty())
        .ok_or_else(missing)?;
    let instance = Instance::new(
        &arguments.api_url,
        id,
        token(arguments)?,
        arguments.insecure_http,
    )
    .map_err(|error| with_instance_name(arguments, error.into()))?;
    let service = service_of(&instance);
    Ok((instance, service))
}

/// Builds the error that no instance was chosen; it lists the instances of the settings files, if there are any.
fn none_chosen(arguments: &ServiceArguments) -> SettingsError {
    let choices = arguments.choices.clone();
    let path = choices.path;
    match (choices.instances.is_empty(), choices.profiles.is_empty()) {
        (true, _) => SettingsError::NoInstance,
        (false, true) => SettingsError::NoneChosen {
            path,
            instances: choices.instances.join(", "),
        },
        (false, false) => SettingsError::NoneChosenOfProfiles {
            path,
            instances: choices.instances.join(", "),
            profiles: choices.profiles.join(", "),
        },
    }
}

/// Returns the service that an instance belongs to, by its address.
pub(crate) fn service_of(instance: &Instance) -> Service {
    if instance.is_loopback() {
        Service::Loopback
    } else {
        Service::GreenApi
    }
}

/// Where the token comes from.
pub(crate) enum TokenOrigin<'a> {
    /// A file that was typed.
    Typed(&'a Path),
    /// An environment variable that holds the token.
    Environment(SecretString),
    /// A file that an environment variable names.
    EnvironmentFile(&'a Path),
    /// A settings file.
    SettingsFile(&'a FileToken),
}

/// Returns where the token comes from. A typed file comes first, then the environment, then the settings file. The
/// token of a named instance comes only from the settings file. `None` if there is no token.
pub(crate) fn token_origin(arguments: &ServiceArguments) -> Option<TokenOrigin<'_>> {
    if arguments.name.is_some() {
        return arguments.file_token.as_ref().map(TokenOrigin::SettingsFile);
    }
    let in_environment = env::var("GREEN_API_TOKEN")
        .ok()
        .filter(|token| !token.trim().is_empty());
    let file_in_environment = env::var_os("GREEN_API_TOKEN_FILE").map(PathBuf::from);
    let is_typed = arguments.token_file_is_typed || file_in_environment != arguments.token_file;
    match (&arguments.token_file, in_environment) {
        (Some(path), _) if is_typed => Some(TokenOrigin::Typed(path)),
        (_, Some(token)) => Some(TokenOrigin::Environment(SecretString::from(
            token.trim().to_owned(),
        ))),
        (Some(path), None) => Some(TokenOrigin::EnvironmentFile(path)),
        (None, None) => arguments.file_token.as_ref().map(TokenOrigin::SettingsFile),
    }
}

/// Hides the token of the environment in all output, even in messages about an invalid command line.
pub(crate) fn hide_token_of_environment() {
    if let Ok(token) = env::var("GREEN_API_TOKEN") {
        i18n::hide_token(&SecretString::from(token.trim().to_owned()));
    }
}

/// Reads the token; all later output hides it.
fn token(arguments: &ServiceArguments) -> Result<SecretString, SettingsError> {
    let token = read_token_from_origin(arguments)?;
    i18n::hide_token(&token);
    Ok(token)
}

fn read_token_from_origin(arguments: &ServiceArguments) -> Result<SecretString, SettingsError> {
    let missing = || {
        arguments
            .name
            .clone()
            .map_or(SettingsError::NoToken, SettingsError::InstanceNoToken)
    };
    match token_origin(arguments).ok_or_else(missing)? {
        TokenOrigin::Environment(token) => Ok(token),
        TokenOrigin::Typed(path) | TokenOrigin::EnvironmentFile(path) => {
            read_token(path).map_err(|source| SettingsError::TokenFile {
                path: path.to_owned(),
                source,
            })
        }
        TokenOrigin::SettingsFile(token) => Ok(token.read()?),
    }
}

/// Adds the name of the instance to an error, if it has a name.
pub(crate) fn with_instance_name(
    arguments: &ServiceArguments,
    error: SettingsError,
) -> SettingsError {
    match arguments.name.clone() {
        Some(name) => SettingsError::OfInstance {
            name,
            error: Box::new(error),
        },
        None => error,
    }
}

/// Returns the time limits of one request. Connecting times out earlier than the whole request: only then is it certain
/// that nothing was written.
pub(crate) fn time_outs(whole: DurationArgument) -> TimeOuts {
    let whole = whole.0;
    TimeOuts {
        connect: (whole / 2).min(std::time::Duration::from_secs(10)),
        whole,
    }
}
