//! Gives up a connection that was made too late. A timeout stops while the machine sleeps, and meanwhile another machine
//! may have taken over; on a connection that is given up, nothing was written.

use std::{
    error::Error,
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tower::{Layer, Service};

type BoxError = Box<dyn Error + Send + Sync>;

/// Lets connections pass that take at most this long.
#[derive(Debug, Clone, Copy)]
pub(super) struct InTime {
    pub(super) limit: Duration,
    /// A clock that counts while the machine sleeps.
    pub(super) clock: fn() -> Duration,
}

/// Makes connections, and gives up those that are not made in time.
#[derive(Debug, Clone)]
pub(super) struct Connecting<S> {
    connector: S,
    in_time: InTime,
}

/// The connection was made too late.
#[derive(Debug)]
struct TooLate(Duration);

impl fmt::Display for TooLate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connecting took {} s", self.0.as_secs())
    }
}

impl Error for TooLate {}

impl<S> Layer<S> for InTime {
    type Service = Connecting<S>;

    fn layer(&self, connector: S) -> Connecting<S> {
        Connecting {
            connector,
            in_time: *self,
        }
    }
}

impl<S, R> Service<R> for Connecting<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let InTime { limit, clock } = self.in_time;
        let began = clock();
        let connecting = self.connector.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            let took = clock().saturating_sub(began);
            if took > limit {
                return Err(TooLate(took).into());
            }
            Ok(connection)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::ready,
        sync::atomic::{AtomicU64, Ordering},
    };

    use super::*;

    static NOW: AtomicU64 = AtomicU64::new(0);

    /// A connector that takes so many seconds.
    #[derive(Clone)]
    struct Slow;

    impl Service<u64> for Slow {
        type Response = &'static str;
        type Error = BoxError;
        type Future = std::future::Ready<Result<&'static str, BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, seconds: u64) -> Self::Future {
            NOW.fetch_add(seconds, Ordering::Relaxed);
            ready(Ok("connected"))
        }
    }

    #[tokio::test]
    async fn a_connection_that_outlasts_a_sleep_of_the_machine_is_given_up() {
        let mut connecting = InTime {
            limit: Duration::from_secs(5),
            clock: || Duration::from_secs(NOW.load(Ordering::Relaxed)),
        }
        .layer(Slow);
        assert_eq!(connecting.call(5).await.unwrap(), "connected");
        let error = connecting.call(600).await.unwrap_err();
        assert_eq!(error.to_string(), "connecting took 600 s");
        assert_eq!(connecting.call(0).await.unwrap(), "connected");
    }
}
