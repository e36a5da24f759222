package io.waybill.mail.mime;

import io.waybill.mail.MailException;
import io.waybill.mail.MessageSeal;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a composed message as it is, to be signed: its fields in full, then its body as a stream.
 *
 * <p>Strict where {@link MimeReader} is lenient: what a server on the way would mend is refused, as
 * the mending would break the signature.
 */
public final class RawMessage implements Closeable {
  private static final int MOST_HEADER_BYTES = 1024 * 1024;
  private static final int BUFFER = 64 * 1024;

  private final List<RawField> fields = new ArrayList<>();
  private final StringBuilder field = new StringBuilder();
  private final InputStream in;

  private RawMessage(InputStream in) {
    this.in = in;
  }

  /**
   * Opens a message and reads its header.
   *
   * @throws MailException.InvalidMessage if the header is longer than 1 MiB, has a line that is no
   *     field, or a line not ended by CRLF; reading the body may throw it for the latter, too
   */
  public static RawMessage open(MessageSeal.Content content) throws IOException {
    InputStream in = new CrLfOnly(new BufferedInputStream(content.open(), BUFFER));
    try {
      RawMessage message = new RawMessage(in);
      message.readHeader();
      return message;
    } catch (IOException | RuntimeException e) {
      try {
        in.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Returns the fields from the first to the last. */
  public List<RawField> fields() {
    return List.copyOf(fields);
  }

  /** Returns what follows the empty line behind the header; the same stream each time. */
  public InputStream body() {
    return in;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void readHeader() throws IOException {
    StringBuilder line = new StringBuilder();
    int bytes = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (++bytes > MOST_HEADER_BYTES) {
        throw invalid("header is longer than " + MOST_HEADER_BYTES + " bytes");
      }
      line.append((char) b);
      if (b != '\n') {
        continue;
      }
      if (line.length() == 2) {
        endField();
        return;
      }
      if (line.charAt(0) != ' ' && line.charAt(0) != '\t') {
        endField();
      } else if (field.isEmpty()) {
        throw invalid("header begins with a folded line");
      }
      field.append(line);
      line.setLength(0);
    }
    if (!line.isEmpty()) {
      throw invalid("header ends within a line");
    }
    endField();
  }

  private void endField() {
    if (field.isEmpty()) {
      return;
    }
    int end = field.indexOf(":");
    while (end > 0 && (field.charAt(end - 1) == ' ' || field.charAt(end - 1) == '\t')) {
      end--; // RFC 5322 4.5.8 knows blanks before the colon
    }
    String name = field.substring(0, Math.max(0, end));
    if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw invalid("header has a line that is no field behind field " + fields.size());
    }
    fields.add(new RawField(name, field.toString()));
    field.setLength(0);
  }

  private static MailException.InvalidMessage invalid(String why) {
    return new MailException.InvalidMessage("message", -1, "cannot be sealed: its " + why);
  }

  /** Passes bytes on until a CR or LF stands alone. */
  private static final class CrLfOnly extends FilterInputStream {
    private long position;
    private boolean afterCr;

    CrLfOnly(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      afterCr = check(b, afterCr, position);
      position++;
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      boolean cr = afterCr;
      if (n < 0) {
        cr = check(n, cr, position);
      }
      for (int i = 0; i < n; i++) {
        cr = check(buffer[offset + i], cr, position + i);
      }
      afterCr = cr;
      position += Math.max(0, n);
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      throw new IOException("a message to be sealed is read, not skipped");
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    /** Returns whether the byte is a CR; a byte below 0 is the end. */
    private static boolean check(int b, boolean afterCr, long position) {
      if (afterCr != (b == '\n')) {
        throw invalid("byte " + position + " is no line end, or follows half of one");
      }
      return b == '\r';
    }
  }
}
