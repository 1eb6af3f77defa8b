//! The network side: real connections on which a planned reply is sent, or which break where the plan says so.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::{
    Request, Response,
    body::{Body, Bytes, Frame, Incoming},
    header::CONTENT_LENGTH,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{
    reply::{Ending, PlannedReply, Reply},
    service::{Call, Service},
};

/// The most bytes of a body that the service reads.
const LONGEST_BODY: usize = 100 * 1024;

/// How long to wait if the system has no more connections to give.
const BREATH: Duration = Duration::from_millis(10);

type Answer = Response<Either<Full<Bytes>, Half>>;

/// Accepts connections forever; dropping it ends them.
pub(super) async fn accept(listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&service)));
                }
                Err(_) => tokio::time::sleep(BREATH).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves a connection. If it breaks, that is the client's doing, or the script's.
async fn serve(stream: TcpStream, service: Arc<Service>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let answering = service_fn(|request| answer(Arc::clone(&service), request));
    let _broken = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answering)
        .await;
}

/// Answers a request. An error makes hyper break the connection without an answer.
async fn answer(service: Arc<Service>, request: Request<Incoming>) -> io::Result<Answer> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => Some(body.to_bytes().to_vec()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => None,
        Err(error) => return Err(io::Error::other(error)),
    };
    let (path, query) = (
        head.uri.path().to_owned(),
        head.uri.query().unwrap_or_default().to_owned(),
    );
    let PlannedReply {
        reply,
        delay,
        ending,
    } = service.plan(Call {
        verb: head.method.to_string(),
        path,
        query,
        body,
    });
    tokio::time::sleep(delay).await;
    match ending {
        Ending::Whole => response(reply, |body| Either::Left(Full::from(body))),
        Ending::HalfBody => response(reply, |body| Either::Right(Half::new(&body))),
        Ending::NoAnswer => Err(io::ErrorKind::ConnectionAborted.into()),
        Ending::Never => std::future::pending().await,
    }
}

fn response(
    reply: Reply,
    body: impl FnOnce(Bytes) -> Either<Full<Bytes>, Half>,
) -> io::Result<Answer> {
    let builder = reply.headers.iter().fold(
        Response::builder().status(reply.status),
        |builder, (name, value)| builder.header(name, value),
    );
    let mut response = builder
        .body(body(Bytes::from(reply.body)))
        .map_err(io::Error::other)?;
    if let Either::Right(half) = response.body() {
        let promised = half.promised;
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, promised.into());
    }
    Ok(response)
}

/// A body that breaks off in the middle.
#[derive(Debug)]
pub(super) struct Half {
    bytes: Option<Bytes>,
    promised: usize,
    flushed: bool,
}

impl Half {
    fn new(body: &Bytes) -> Self {
        Self {
            bytes: Some(body.slice(..body.len() / 2)),
            promised: body.len().max(1),
            flushed: false,
        }
    }
}

impl Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    /// Yields once between the first half and the break, so that the half is sent.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}
