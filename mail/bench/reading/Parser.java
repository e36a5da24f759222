import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import jakarta.mail.BodyPart;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Properties;
import java.util.Random;

/**
 * Takes messages apart in memory, warm, as {@link Talk} says; nothing else is between the bytes and
 * what was in them.
 *
 * <pre>
 * Parser ours|angus
 *   take KIND        one message of about 1 MB (20 MB of base64, 250 kB of headers), so often that there
 *                    are 40 MB
 * </pre>
 */
final class Parser {
  private static final int MB = 1_000_000;

  /** As much of headers as is read. */
  private static final int BLOCK = 250_000;

  private static final int TOTAL = 40 * MB;
  private static final String LINE =
      "The quick brown fox jumps over the lazy dog, and then once more for the record.\r\n";

  private static final MimeLimits LIMITS = MimeLimits.builder().messageBytes(4L << 30).build();
  private static final Session SESSION = Session.getInstance(new Properties());

  private interface Way {
    void take(byte[] message) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Way way = args[0].equals("ours") ? Parser::ours : Parser::angus;
    Talk.with(
        line -> {
          byte[] message = message(line.split(" ")[1]);
          long times = Math.max(1, TOTAL / message.length);
          for (int i = 0; i < times; i++) {
            way.take(message);
          }
        });
  }

  private static void ours(byte[] message) throws IOException {
    try (ParsedMail mail = MimeReader.read(new ByteArrayInputStream(message), LIMITS)) {
      if (mail.headers().isEmpty() && mail.defects().isEmpty()) {
        throw new IOException("nothing was read");
      }
    }
  }

  private static void angus(byte[] message) throws Exception {
    walk(new MimeMessage(SESSION, new ByteArrayInputStream(message)));
  }

  private static void walk(Part part) throws Exception {
    if (part.isMimeType("multipart/*")) {
      Multipart parts = (Multipart) part.getContent();
      for (int i = 0; i < parts.getCount(); i++) {
        BodyPart each = parts.getBodyPart(i);
        walk(each);
      }
    } else if (part.isMimeType("text/plain")) {
      part.getContent();
    } else {
      try (InputStream in = part.getInputStream()) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  /** Made anew each time: that takes next to nothing of it. */
  private static byte[] message(String kind) {
    String text =
        switch (kind) {
          case "base64" -> attachment(20 * MB);
          case "text" -> head("Content-Type: text/plain; charset=utf-8") + fill(LINE);
          case "small" -> head("Content-Type: text/plain; charset=utf-8") + LINE.repeat(140);
          case "quoted-printable" ->
              head(
                      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable")
                  + fill("The quick=20brown f=C3=B6x jumps over the lazy dog, and once more=\r\n");
          // what is written to cost more than it weighs
          case "encoded-words" -> head("Subject:" + block(" =?utf-8?q?a?=\r\n").stripTrailing());
          case "encoded-addresses" ->
              head("To:" + block(" =?utf-8?q?a?= <a@example.org>,\r\n") + " b@example.org");
          case "addresses" -> head("To:" + block(" a@example.org,\r\n") + " b@example.org");
          case "comments" -> head("To: " + block("(") + "a@example.org");
          case "parameters" -> head("Content-Type: text/plain" + numbered(";\r\n name*%d=a", BLOCK));
          case "headers" -> head(block("X: a\r\n").stripTrailing());
          case "one-header" -> head("X: " + block("a"));
          case "folds" -> head("X: a" + block("\r\n a"));
          case "nested" -> nested();
          case "boundaries" ->
              head("Content-Type: multipart/mixed; boundary=a") + fill("--a\r\n\r\n");
          case "near-boundaries" ->
              head("Content-Type: multipart/mixed; boundary=a") + "--a\r\n\r\n" + fill("-\r\n-");
          case "one-line" -> head("Content-Type: text/plain") + fill("a");
          case "soft-breaks" ->
              head("Content-Transfer-Encoding: quoted-printable") + fill("= \t\r\n");
          case "no-base64" -> head("Content-Transfer-Encoding: base64") + fill("=");
          case "returns" -> head("Content-Type: text/plain") + fill("\r");
          case "flowed" -> head("Content-Type: text/plain; format=flowed") + fill("> a \r\n");
          case "delivery-status" ->
              head("Content-Type: multipart/report; boundary=a")
                  + "--a\r\nContent-Type: message/delivery-status\r\n\r\n"
                  + fill("Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\n\r\n")
                  + "\r\n--a--\r\n";
          default -> throw new IllegalArgumentException(kind);
        };
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String head(String more) {
    return "From: a@example.org\r\nMIME-Version: 1.0\r\n" + more + "\r\n\r\n";
  }

  private static String fill(String with) {
    return with.repeat(MB / with.length());
  }

  private static String block(String with) {
    return with.repeat(BLOCK / with.length());
  }

  private static String numbered(String each, int length) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; all.length() < length; i++) {
      all.append(each.formatted(i));
    }
    return all.toString();
  }

  private static String nested() {
    StringBuilder all =
        new StringBuilder(head("Content-Type: multipart/mixed; boundary=b0").stripTrailing());
    for (int i = 0; all.length() < MB; i++) {
      all.append("\r\n\r\n--b%d\r\nContent-Type: multipart/mixed; boundary=b%d".formatted(i, i + 1));
    }
    return all.append("\r\n\r\n").toString();
  }

  private static String attachment(int bytes) {
    byte[] data = new byte[bytes / 4 * 3];
    new Random(1).nextBytes(data);
    return head("Content-Type: multipart/mixed; boundary=a")
        + "--a\r\nContent-Type: text/plain\r\n\r\nAttached.\r\n--a\r\nContent-Type: application/octet-stream; name=a.bin\r\n"
        + "Content-Disposition: attachment; filename=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + Base64.getMimeEncoder().encodeToString(data)
        + "\r\n--a--\r\n";
  }
}
