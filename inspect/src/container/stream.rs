//! A compressed stream, opened: a tar inside is walked, anything else is one member.
//!
//! Memory for decoders is bounded: one of those that are open at once may have a long window, as `zstd --long` and
//! `xz -9` need, the others a usual one.

use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::container::budget::{Budget, Counted, Intake, Metered};
use crate::container::event::Container;
use crate::container::format::{Codec, Format};
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::tar;
use crate::container::walker::{Found, Opened, Walker, peek};

/// Two to this power bytes of window: 128 MiB, what `zstd --long` (27) and `--ultra -22` need.
const WINDOW_LONG: u32 = 27;
/// For decoders beside one with a long window: 8 MiB, what `zstd -19` and `xz -6` need.
const WINDOW_USUAL: u32 = 23;

/// Walks what `input` unpacks to; `name` is the compressed file's own.
pub(crate) fn walk(
    walker: &mut Walker<'_>,
    place: &Place,
    name: &str,
    codec: Codec,
    input: &mut dyn Read,
) -> Opened {
    let intake = Intake::default();
    let decoder = decoder(codec, Counted::new(input, &intake), &walker.budget)
        .map_err(|error| walker.budget.reason(&error, intake.ended()))?;
    let mut output = Metered::new(decoder, Some(&intake), &walker.budget);
    let head = peek(&mut output).map_err(|error| walker.budget.reason(&error, intake.ended()))?;
    let is_tar = Format::of(&head) == Some(Format::Tar);
    let mut whole = io::Cursor::new(head).chain(output);
    if is_tar {
        return Ok(tar::walk(walker, place, &mut whole));
    }
    if let ControlFlow::Break(stop) =
        walker.opened(place, Container::Compressed).map_continue(|()| walker.count(place))
    {
        return Ok(ControlFlow::Break(stop));
    }
    let name = unpacked_name(name, codec);
    Ok(walker.enter(place, &Found::named(&name), &mut whole, &intake))
}

/// A decoder with its window, which is given back when the decoder is done with.
struct Windowed<'r> {
    inner: Box<dyn Read + 'r>,
    long: Option<Rc<Budget>>,
}

impl Read for Windowed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl Drop for Windowed<'_> {
    fn drop(&mut self) {
        if let Some(budget) = &self.long {
            budget.free();
        }
    }
}

/// A reader of what `input` unpacks to, its memory bounded.
pub(crate) fn decoder<'r>(
    codec: Codec,
    input: impl Read + 'r,
    budget: &Rc<Budget>,
) -> io::Result<Box<dyn Read + 'r>> {
    let inner: Box<dyn Read + 'r> = match codec {
        // 32 KiB: the codec's own window, and half the default pipe.
        Codec::Gzip => {
            return Ok(Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(
                32 << 10,
                input,
            ))));
        }
        Codec::Bzip2 => return Ok(Box::new(bzip2::read::MultiBzDecoder::new(input))),
        Codec::Zstd | Codec::Xz | Codec::Lzma => Box::new(input),
    };
    let long = budget.take_long();
    let window = if long { WINDOW_LONG } else { WINDOW_USUAL };
    let long = long.then(|| Rc::clone(budget));
    Ok(Box::new(Windowed { inner: windowed(codec, inner, window)?, long }))
}

fn windowed<'r>(codec: Codec, input: Box<dyn Read + 'r>, window: u32) -> io::Result<Box<dyn Read + 'r>> {
    // The window and, as the format's reference puts it, "a little more" for the decoder's own state.
    let kibibytes = (1 << (window - 10)) + 256;
    let input = BufReader::with_capacity(32 << 10, input);
    Ok(match codec {
        Codec::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, kibibytes)),
        Codec::Lzma => Box::new(lzma_rust2::LzmaReader::new_mem_limit(input, kibibytes, None)?),
        Codec::Zstd | Codec::Gzip | Codec::Bzip2 => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
            decoder.window_log_max(window)?;
            Box::new(decoder)
        }
    })
}

/// The file's name as its compressor would restore it.
fn unpacked_name(name: &str, codec: Codec) -> String {
    for (suffix, instead) in codec.suffixes() {
        let Some(at) = name.len().checked_sub(suffix.len()).filter(|at| *at > 0) else { continue };
        if let (Some(stem), Some(end)) = (name.get(..at), name.get(at..))
            && end.eq_ignore_ascii_case(suffix)
        {
            return format!("{stem}{instead}");
        }
    }
    name.to_owned()
}

/// A problem that a codec would raise on these bytes, for members that are compressed inside another archive.
pub(crate) fn unsupported(method: impl std::fmt::Display) -> Problem {
    Problem::UnsupportedMethod(format!("compression method {method}"))
}

#[cfg(test)]
mod tests {
    use super::unpacked_name;
    use crate::container::format::Codec;

    fn check(name: &str, codec: Codec, expected: &str) {
        assert_eq!(unpacked_name(name, codec), expected);
    }

    #[test]
    fn a_suffix_is_taken_off() {
        check("feed.xml.gz", Codec::Gzip, "feed.xml");
        check("FEED.XML.GZ", Codec::Gzip, "FEED.XML");
        check("all.tgz", Codec::Gzip, "all.tar");
        check("é.xz", Codec::Xz, "é");
    }

    #[test]
    fn a_name_without_the_right_suffix_stays() {
        check("feed", Codec::Zstd, "feed");
        check(".gz", Codec::Gzip, ".gz");
        check("é", Codec::Gzip, "é");
        check("feed.gz", Codec::Xz, "feed.gz");
    }
}
