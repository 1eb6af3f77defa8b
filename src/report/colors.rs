//! The colours of statuses and deliveries: the same in cells, charts and pages.

use super::stats::Piece;
use crate::domain::{Delivery, Status};

/// Colours as 0xRRGGBB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colours {
    /// The background of the word.
    pub(super) behind: u32,
    /// The word itself, legible on its background.
    pub(super) word: u32,
    /// A piece of a chart.
    pub(super) piece: u32,
}

/// Returns the colours of a piece of the chart.
pub(super) const fn of_piece(piece: Piece) -> Colours {
    match piece {
        Piece::Status(status) => of(status),
        Piece::Delivery(delivery) => of(like(delivery)),
        Piece::NotAccepted => of(Status::Duplicate),
    }
}

/// Returns the status that is as good or as bad as a delivery.
const fn like(delivery: Option<Delivery>) -> Status {
    match delivery {
        Some(Delivery::Delivered | Delivery::Read) => Status::Accepted,
        Some(Delivery::Queued | Delivery::Sent) => Status::Pending,
        Some(Delivery::YellowCard) => Status::Invalid,
        Some(Delivery::Failed | Delivery::NoAccount | Delivery::NotInGroup) => Status::Failed,
        None => Status::Unknown,
    }
}

pub(super) const fn of(status: Status) -> Colours {
    let (behind, word, piece) = match status {
        Status::Accepted => (0x00C6_EFCE, 0x0000_6100, 0x002E_9E5B),
        Status::Failed => (0x00FF_C7CE, 0x009C_0006, 0x00D6_4545),
        Status::Invalid => (0x00FF_EB9C, 0x007F_4F00, 0x00E8_A33D),
        Status::Duplicate => (0x00E7_E6E6, 0x0052_5252, 0x00A6_A6A6),
        Status::Suppressed => (0x00DA_D9D9, 0x0047_4747, 0x0076_7676),
        Status::Unknown => (0x00E4_DFEC, 0x0053_3A7B, 0x008E_63C7),
        Status::Pending => (0x00D6_DCE4, 0x0037_4A60, 0x006F_8FAF),
    };
    Colours {
        behind,
        word,
        piece,
    }
}
