package io.waybill.transfer.http;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.ByteSink;
import io.waybill.transfer.remote.RemoteFile;
import io.waybill.transfer.remote.StallWatch;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads one version of a file, from some position on (RFC 9110 13.1.5, 14): the server is told
 * which one is meant, and its answer is believed only as far as it fits.
 */
final class FileRead {
  private static final int BUFFER_BYTES = 256 << 10;
  // Java's own RFC 1123 has days of one digit
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH);

  private final HttpCaller caller;
  private final Duration idle;
  private final RemoteFile file;
  private final long size;
  private final long offset;

  FileRead(HttpCaller caller, Duration idle, RemoteFile file, long offset) {
    this.caller = caller;
    this.idle = idle;
    this.file = file;
    this.size = file.entry().sizeBytes();
    this.offset = offset;
  }

  /** Asks; the caller closes the answer. */
  Reply ask() throws IOException {
    Map<String, String> headers = new HashMap<>(DigestHeaders.WANTED);
    if (offset > 0) {
      headers.put("Range", "bytes=" + offset + "-");
      condition(file).ifPresent(version -> headers.put("If-Range", version));
    }
    return caller.ask("GET", file.path(), headers);
  }

  private static Optional<String> condition(RemoteFile file) {
    return file.version().or(() -> file.entry().modified().map(FileRead::date));
  }

  static String date(Instant time) {
    return IMF_FIXDATE.format(time.atOffset(ZoneOffset.UTC));
  }

  /** Hands the content on, from the position that was asked for. */
  void receive(Reply reply, ByteSink sink) throws IOException {
    long from = begins(reply);
    requireSameVersion(reply);
    OptionalLong length = reply.contentLength();
    if (size == FileEntry.UNKNOWN_SIZE && length.isEmpty() && !reply.tellsItsEnd()) {
      throw new HttpProtocolException(
          "it tells neither how long this is nor where it ends, so nobody could know whether all of it came");
    }
    if (size != FileEntry.UNKNOWN_SIZE && length.isPresent() && length.getAsLong() != size - from) {
      String said =
          "%d bytes are announced where %d are to come".formatted(length.getAsLong(), size - from);
      throw from == 0 ? new VersionChangedException(said) : new HttpProtocolException(said);
    }
    try (StallWatch.Phase moving = caller.watch().within(idle);
        InputStream in = reply.body()) {
      copy(in, from, sink);
    }
  }

  /** Returns where in the file the content begins. */
  private long begins(Reply reply) throws IOException {
    if (reply.code() == 200) {
      reply.requireIdentity();
      return 0; // without a range asked for, or as the server ignores it
    }
    if (reply.code() == 206 && offset > 0) {
      reply.requireIdentity();
      ContentRange range = ContentRange.parse(reply.header("Content-Range").orElse("none"));
      if (range.size() != size) {
        throw new VersionChangedException(
            "it has %d bytes now, and had %d".formatted(range.size(), size));
      }
      if (range.first() != offset || range.last() != size - 1) {
        throw new HttpProtocolException(
            "Bytes %d-%d were asked for, and bytes %d-%d are sent"
                .formatted(offset, size - 1, range.first(), range.last()));
      }
      return offset;
    }
    if (reply.code() == 412 || reply.code() == 416) {
      throw new VersionChangedException(
          "the server has no byte %d of it (%d)".formatted(offset, reply.code()));
    }
    if (reply.isRedirect()) {
      throw new VersionChangedException("it is a directory now");
    }
    throw reply.isSuccess()
        ? new HttpProtocolException("GET was answered %d".formatted(reply.code()))
        : caller.refused(reply);
  }

  private void requireSameVersion(Reply reply) throws VersionChangedException {
    Optional<String> tag = reply.strongTag();
    boolean tagDiffers =
        tag.isPresent() && file.version().isPresent() && !tag.equals(file.version());
    Optional<Instant> time = reply.lastModified();
    FileEntry entry = file.entry();
    boolean timeDiffers =
        time.isPresent() && entry.modified().isPresent() && !time.equals(entry.modified());
    if (tagDiffers || timeDiffers) {
      throw new VersionChangedException("another version is sent than the one that was told of");
    }
  }

  private void copy(InputStream in, long from, ByteSink sink) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    long at = from;
    boolean wanted = true;
    while (wanted) {
      int read = in.read(bytes, 0, Math.min(bytes.length, sink.most()));
      caller.watch().moved();
      if (read < 0) {
        if (at < size) {
          throw new EOFException("The content ended at byte %d of %d".formatted(at, size));
        }
        return;
      }
      if (size != FileEntry.UNKNOWN_SIZE && read > size - at) {
        throw new HttpProtocolException("More than the %d bytes that it has".formatted(size));
      }
      // what a server that ignores ranges sends before the position
      int skip = (int) Math.min(read, Math.max(0, offset - at));
      at += read;
      if (skip > 0) {
        System.arraycopy(bytes, skip, bytes, 0, read - skip);
      }
      wanted = read == skip || sink.accept(bytes, read - skip);
    }
  }
}
