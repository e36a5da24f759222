package io.waybill.mail.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes bodies so that every line is 7-bit and at most 76 characters, or plainly ASCII already.
 */
final class BodyEncoder {
  private static final int MAX_PLAIN_LINE = 78;
  private static final int MAX_QP_LINE = 76;
  private static final byte[] CRLF = {'\r', '\n'};
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private final byte[] body;
  private final String encoding;

  private BodyEncoder(byte[] body, String encoding) {
    this.body = body;
    this.encoding = encoding;
  }

  /** Chooses the encoding under which a text stays most readable. */
  static BodyEncoder text(String text) {
    String lines = text.replaceAll("\\r\\n|\\r|\\n", "\r\n");
    if (!lines.isEmpty() && !lines.endsWith("\r\n")) {
      lines += "\r\n";
    }
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    int foreign = 0;
    int line = 0;
    boolean plain = true;
    for (byte b : bytes) {
      line = b == '\n' ? 0 : line + 1;
      if (!isPlain(b)) {
        foreign++;
        plain = false;
      }
      plain &= line <= MAX_PLAIN_LINE;
    }
    // Quoted-printable triples a foreign byte, base64 grows everything by a third.
    String encoding = plain ? "7bit" : foreign * 6L > bytes.length ? "base64" : "quoted-printable";
    return new BodyEncoder(bytes, encoding);
  }

  private static boolean isPlain(byte b) {
    return (b >= ' ' && b <= '~') || b == '\t' || b == '\r' || b == '\n';
  }

  String encoding() {
    return encoding;
  }

  void writeTo(OutputStream out) throws IOException {
    switch (encoding) {
      case "7bit" -> out.write(body);
      case "base64" -> {
        Base64.Encoder encoder = Base64.getMimeEncoder(MAX_QP_LINE, CRLF);
        out.write(encoder.encode(body));
        out.write(CRLF);
      }
      default -> writeQuotedPrintable(out);
    }
  }

  private void writeQuotedPrintable(OutputStream out) throws IOException {
    StringBuilder line = new StringBuilder(MAX_QP_LINE + 2);
    for (int i = 0; i < body.length; i++) {
      byte b = body[i];
      if (b == '\r') {
        line.append("\r\n");
        out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
        line.setLength(0);
        i++; // the LF: text() made every line end CRLF
        continue;
      }
      boolean endOfLine = i + 1 < body.length && body[i + 1] == '\r';
      boolean blank = b == ' ' || b == '\t';
      boolean literal = blank ? !endOfLine : b > ' ' && b <= '~' && b != '=';
      int width = literal ? 1 : 3;
      if (line.length() + width > MAX_QP_LINE - 1) {
        line.append("=\r\n");
        out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
        line.setLength(0);
      }
      if (literal) {
        line.append((char) b);
      } else {
        line.append('=').append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
      }
    }
  }

  /** Streams a file as base64 in lines of 76. */
  static void writeBase64(InputStream in, OutputStream out) throws IOException {
    byte[] line = new byte[57 * 1024];
    Base64.Encoder encoder = Base64.getMimeEncoder(MAX_QP_LINE, CRLF);
    for (int n = in.readNBytes(line, 0, line.length);
        n > 0;
        n = in.readNBytes(line, 0, line.length)) {
      out.write(encoder.encode(n == line.length ? line : java.util.Arrays.copyOf(line, n)));
      out.write(CRLF);
    }
  }
}
