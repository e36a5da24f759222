package io.waybill.mail.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes bodies so that every line is 7-bit and at most 76 characters, or plainly ASCII already.
 */
final class BodyEncoder {
  private static final int MAX_PLAIN_LINE = 78;
  private static final int MAX_QP_LINE = 76;

  /** Base64 of 57 bytes is one line of 76, so that blocks of whole lines join without a seam. */
  private static final int BLOCK = 57 * 1024;

  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private final byte[] body;
  private final String encoding;

  private BodyEncoder(byte[] body, String encoding) {
    this.body = body;
    this.encoding = encoding;
  }

  /** Chooses the encoding under which a text stays most readable. */
  static BodyEncoder text(String text) {
    byte[] bytes = withCrlf(text.getBytes(StandardCharsets.UTF_8));
    int foreign = 0;
    int line = 0;
    int longest = 0;
    for (byte b : bytes) {
      if (b == '\n') {
        longest = Math.max(longest, line - 1);
        line = 0;
        continue;
      }
      line++;
      if ((b < ' ' && b != '\t' && b != '\r') || b == 0x7f) {
        foreign++;
      }
    }
    boolean plain = foreign == 0 && longest <= MAX_PLAIN_LINE;
    // Quoted-printable triples a foreign byte, base64 grows everything by a third.
    String encoding = plain ? "7bit" : foreign * 6L > bytes.length ? "base64" : "quoted-printable";
    return new BodyEncoder(bytes, encoding);
  }

  /** Makes every line end CRLF, the last one too. */
  private static byte[] withCrlf(byte[] text) {
    int lone = 0;
    byte before = 0;
    for (byte b : text) {
      if (b == '\n' ? before != '\r' : before == '\r') {
        lone++;
      }
      before = b;
    }
    if (lone == 0 && (text.length == 0 || before == '\n')) {
      return text;
    }
    byte[] lines = new byte[text.length + lone + 2];
    int n = 0;
    before = 0;
    for (byte b : text) {
      if (b == '\n' && before != '\r') {
        lines[n++] = '\r';
      } else if (b != '\n' && before == '\r') {
        lines[n++] = '\n';
      }
      lines[n++] = b;
      before = b;
    }
    if (before != '\n') {
      if (before != '\r') {
        lines[n++] = '\r';
      }
      lines[n++] = '\n';
    }
    return Arrays.copyOf(lines, n);
  }

  String encoding() {
    return encoding;
  }

  void writeTo(OutputStream out) throws IOException {
    switch (encoding) {
      case "7bit" -> out.write(body);
      case "base64" -> {
        out.write(Base64.getMimeEncoder(MAX_QP_LINE, CRLF).encode(body));
        out.write(CRLF);
      }
      default -> writeQuotedPrintable(out);
    }
  }

  private void writeQuotedPrintable(OutputStream out) throws IOException {
    byte[] line = new byte[MAX_QP_LINE + 2];
    int n = 0;
    for (int i = 0; i < body.length; i++) {
      byte b = body[i];
      if (b == '\r') {
        line[n++] = '\r';
        line[n++] = '\n';
        out.write(line, 0, n);
        n = 0;
        i++; // the LF: text() made every line end CRLF
        continue;
      }
      boolean blank = b == ' ' || b == '\t';
      boolean literal = blank ? body[i + 1] != '\r' : b > ' ' && b <= '~' && b != '=';
      if (n + (literal ? 1 : 3) > MAX_QP_LINE - 1) {
        line[n++] = '=';
        line[n++] = '\r';
        line[n++] = '\n';
        out.write(line, 0, n);
        n = 0;
      }
      if (literal) {
        line[n++] = b;
      } else {
        line[n++] = '=';
        line[n++] = HEX[(b >> 4) & 0xf];
        line[n++] = HEX[b & 0xf];
      }
    }
  }

  /** Streams a file as base64 in lines of 76. */
  static void writeBase64(InputStream in, OutputStream out) throws IOException {
    Base64.Encoder encoder = Base64.getMimeEncoder(MAX_QP_LINE, CRLF);
    byte[] block = in.readNBytes(BLOCK); // a small file gets a small array
    byte[] lines = new byte[(block.length + 56) / 57 * 78];
    for (int n = block.length; n > 0; n = in.readNBytes(block, 0, block.length)) {
      int length = encoder.encode(n == block.length ? block : Arrays.copyOf(block, n), lines);
      lines[length++] = '\r';
      lines[length++] = '\n';
      out.write(lines, 0, length);
      if (n < BLOCK) {
        return;
      }
    }
  }
}
