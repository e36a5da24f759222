package io.waybill.mail.mime;

import io.waybill.mail.MailException;
import io.waybill.mail.MessageEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Copies a mail file, headers corrected, lines checked, within constant memory. */
final class EmlImport {
  private final EmlHeaders headers;
  private final MessageEncoding encoding;

  private EmlImport(EmlHeaders headers, MessageEncoding encoding) {
    this.headers = headers;
    this.encoding = encoding;
  }

  static EmlImport read(InputStream in, OutputStream out, EmlHeaders.Missing missing)
      throws IOException {
    HeaderCut cut = new HeaderCut(out, missing);
    WireOutput lines = new WireOutput(cut, true);
    in.transferTo(lines);
    lines.finish();
    EmlHeaders headers = cut.finish();
    boolean foreign = headers.sent().chars().anyMatch(c -> c > 0x7f);
    MessageEncoding body =
        lines.hasForeignBody() ? MessageEncoding.EIGHT_BIT : MessageEncoding.SEVEN_BIT;
    return new EmlImport(headers, foreign ? MessageEncoding.UTF8 : body);
  }

  EmlHeaders headers() {
    return headers;
  }

  /** Returns what the bytes ask of a server. */
  MessageEncoding encoding() {
    return encoding;
  }

  /** Keeps what comes until the empty line, writes the corrected headers, passes on the rest. */
  private static final class HeaderCut extends OutputStream {
    private final OutputStream out;
    private final EmlHeaders.Missing missing;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream(1024);
    private @Nullable EmlHeaders headers;
    private int column;

    HeaderCut(OutputStream out, EmlHeaders.Missing missing) {
      this.out = out;
      this.missing = missing;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int at = offset;
      int end = offset + length;
      while (headers == null && at < end) {
        keep(bytes[at++]);
      }
      out.write(bytes, at, end - at);
    }

    /** What comes here has no line end but CRLF. */
    private void keep(byte b) throws IOException {
      if (b == '\r') {
        return;
      }
      if (b != '\n') {
        column++;
        block.write(b);
      } else if (column == 0) {
        finish();
      } else {
        column = 0;
        block.write('\r');
        block.write('\n');
      }
      if (block.size() > HeaderWriter.MAX_BYTES) {
        throw new MailException.InvalidMessage(
            "headers", -1, "are longer than " + HeaderWriter.MAX_BYTES + " bytes");
      }
    }

    EmlHeaders finish() throws IOException {
      EmlHeaders known = headers;
      if (known == null) {
        byte[] lines = block.toByteArray();
        known = new EmlHeaders(lines, missing);
        headers = known;
        out.write((known.sent() + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      }
      return known;
    }
  }
}
