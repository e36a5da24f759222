package io.waybill.mail.mime;

import java.io.InputStream;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.james.mime4j.util.MimeUtil;

/** Decodes bodies as their Content-Transfer-Encoding says (RFC 2045 6), and as it is found. */
final class TransferDecoding {
  static final String MISENCODED = "a part is not encoded as it says";

  private static final Set<String> UU = Set.of("x-uuencode", "x-uue", "uuencode", "uue");
  private static final Set<String> PLAIN = Set.of("", "7bit", "8bit", "binary");

  private TransferDecoding() {}

  /**
   * Returns the body decoded.
   *
   * @param line the header's body; empty if there is none
   * @param complaint hears what is wrong, possibly at each byte
   */
  static InputStream of(String line, InputStream encoded, Consumer<String> complaint) {
    String encoding =
        new ParameterReader(line, UnaryOperator.identity())
            .value()
            .replace("\"", ""); // where they do not belong
    Runnable misencoded = () -> complaint.accept(MISENCODED);
    if (MimeUtil.isQuotedPrintableEncoded(encoding)) {
      return new QuotedPrintableInput(encoded, misencoded);
    }
    if (MimeUtil.isBase64Encoding(encoding)) {
      return new Base64Input(encoded, misencoded);
    }
    if (UU.contains(encoding)) {
      return new UuencodedInput(encoded, misencoded);
    }
    if (!PLAIN.contains(encoding)) {
      complaint.accept("a part is encoded as nobody knows");
    }
    return encoded;
  }
}
