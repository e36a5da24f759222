package io.waybill.mail.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.DefaultFieldBuilder;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.util.RecycledByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps for the body what stands among the headers of a part from the first line on that is no
 * field. The parser makes an exception of each, which costs more than all else when there are
 * millions, and drops them.
 */
final class FieldLines extends DefaultFieldBuilder {
  private final Runnable complaint;
  private final Supplier<Spool> spools;
  private @Nullable Spool kept;

  FieldLines(int maxBytes, Runnable complaint, Supplier<Spool> spools) {
    super(maxBytes);
    this.complaint = complaint;
    this.spools = spools;
  }

  void startPart() {
    kept = null;
  }

  @Override
  public @Nullable RawField build() throws MimeException {
    RecycledByteArrayBuffer line = getRaw();
    if (kept == null && hasName(line.buffer(), line.length())) {
      return super.build();
    }
    if (!line.isEmpty()) { // else the headers have ended
      keep(line);
    }
    return null;
  }

  private void keep(RecycledByteArrayBuffer line) {
    Spool lines = kept;
    if (lines == null) {
      complaint.run();
      lines = spools.get();
      kept = lines;
    }
    try {
      lines.write(line.buffer(), 0, line.length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns whether some of the body is among the headers. */
  boolean hasBody() {
    return kept != null;
  }

  /** Puts what was kept before the rest of the body. */
  InputStream before(InputStream body) {
    Spool lines = kept;
    if (lines == null) {
      return body;
    }
    try {
      lines.write(new byte[] {'\r', '\n'}, 0, 2); // the one that ended the headers
      lines.close();
      return new SequenceInputStream(lines.open(), body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Printable ASCII up to a colon; blanks before that are obsolete (RFC 5322 4.5). */
  static boolean hasName(byte[] line, int length) {
    int at = 0;
    while (at < length && line[at] > ' ' && line[at] < 0x7f && line[at] != ':') {
      at++;
    }
    int end = at;
    while (at < length && (line[at] == ' ' || line[at] == '\t')) {
      at++;
    }
    return end > 0 && at < length && line[at] == ':';
  }
}
