//! How much room is left on the disk on which a folder lies.

use std::path::Path;

use serde::Serialize;

/// What a disk holds and what is left of it for us, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Room {
    /// Bytes in all.
    pub whole: u64,
    /// Bytes that an ordinary account may still write.
    pub left: u64,
}

/// Below this nothing more should be recorded.
const LAST: u64 = 256 << 20;

/// What is always enough, however large the disk.
const PLENTY: u64 = 10 << 30;

impl Room {
    /// The room on the disk of a folder; none where it cannot be told.
    #[cfg(unix)]
    #[must_use]
    pub fn of(folder: &Path) -> Option<Self> {
        let disk = rustix::fs::statvfs(folder).ok()?;
        let bytes = |blocks: u64| blocks.checked_mul(disk.f_frsize);
        Some(Self { whole: bytes(disk.f_blocks)?, left: bytes(disk.f_bavail)? })
    }

    /// The room on the disk of a folder; none, because it cannot be told on this system.
    #[cfg(not(unix))]
    #[must_use]
    pub fn of(_: &Path) -> Option<Self> {
        None
    }

    /// Whether the disk is nearly full: a twentieth is left, and less than ten gigabytes.
    #[must_use]
    pub fn is_scarce(self) -> bool {
        self.left < LAST || (self.left < self.whole / 20 && self.left < PLENTY)
    }

    /// Whether what is left may not do for the next batch.
    #[must_use]
    pub fn is_spent(self) -> bool {
        self.left < LAST
    }
}

#[cfg(test)]
mod tests {
    use super::Room;

    fn check(whole: u64, left: u64, scarce: bool, spent: bool) {
        let room = Room { whole: whole << 20, left: left << 20 };
        assert_eq!((room.is_scarce(), room.is_spent()), (scarce, spent), "{room:?}");
    }

    #[test]
    fn a_disk_is_nearly_full_by_its_size() {
        check(20_000, 1_001, false, false);
        check(20_000, 999, true, false);
        check(4_000_000, 15_000, false, false);
        check(4_000_000, 9_000, true, false);
        check(1_000, 300, false, false);
        check(1_000, 200, true, true);
    }

    #[test]
    fn the_disk_under_the_temporary_folder_has_a_size() {
        let room = Room::of(&std::env::temp_dir()).unwrap();
        assert!(room.whole > 0 && room.left <= room.whole, "{room:?}");
        assert_eq!(Room::of(std::path::Path::new("/nowhere/at/all")), None);
    }
}
