package io.waybill.mail.mime;

import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.DefaultFieldBuilder;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.util.RecycledByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Passes over lines among the headers that are no field. The parser makes an exception of each,
 * which costs more than all else when there are millions.
 */
final class FieldLines extends DefaultFieldBuilder {
  private final Runnable complaint;

  FieldLines(int maxBytes, Runnable complaint) {
    super(maxBytes);
    this.complaint = complaint;
  }

  @Override
  public @Nullable RawField build() throws MimeException {
    RecycledByteArrayBuffer line = getRaw();
    if (hasName(line)) {
      return super.build();
    }
    if (!line.isEmpty()) { // else the headers have ended
      complaint.run();
    }
    return null;
  }

  /** Printable ASCII up to a colon; blanks before that are obsolete (RFC 5322 4.5). */
  private static boolean hasName(RecycledByteArrayBuffer line) {
    int at = 0;
    while (at < line.length()
        && line.byteAt(at) > ' '
        && line.byteAt(at) < 0x7f
        && line.byteAt(at) != ':') {
      at++;
    }
    int end = at;
    while (at < line.length() && (line.byteAt(at) == ' ' || line.byteAt(at) == '\t')) {
      at++;
    }
    return end > 0 && at < line.length() && line.byteAt(at) == ':';
  }
}
