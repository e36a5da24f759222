package io.waybill.mail.dkim;

import io.waybill.mail.mime.RawField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Chooses the header fields that a signature covers, and brings them into the relaxed form.
 *
 * <p>A name is listed once for each field that has it, and once more where nobody may add another:
 * a verifier finds nothing for that last one, and a field added later makes it find something.
 */
final class SignedFields {
  /** Listed once more than there are, be there any or not: what people see and answer to. */
  private static final List<String> NEVER_ADDED =
      List.of("From", "Reply-To", "Subject", "Date", "To", "Cc");

  /** Once more than there are, if there are any: a second one changes how the message is read. */
  private static final List<String> NEVER_DOUBLED =
      List.of(
          "Message-ID",
          "MIME-Version",
          "Content-Type",
          "Content-Transfer-Encoding",
          "In-Reply-To",
          "References");

  /** As often as there are: a list adds its own. */
  private static final List<String> MAY_BE_ADDED = List.of("Auto-Submitted");

  private static final String LIST_FIELDS = "List-";

  private final List<String> names = new ArrayList<>();
  private final StringBuilder relaxed = new StringBuilder();

  private SignedFields() {}

  /** Chooses among the fields of a message. */
  static SignedFields of(List<RawField> fields) {
    SignedFields signed = new SignedFields();
    NEVER_ADDED.forEach(name -> signed.add(name, fields, 1));
    NEVER_DOUBLED.forEach(
        name -> signed.add(name, fields, fields.stream().anyMatch(f -> f.isNamed(name)) ? 1 : 0));
    MAY_BE_ADDED.forEach(name -> signed.add(name, fields, 0));
    // RFC 8058 4 wants List-Unsubscribe and List-Unsubscribe-Post signed.
    listNames(fields).forEach(name -> signed.add(name, fields, 0));
    return signed;
  }

  private static Stream<String> listNames(List<RawField> fields) {
    return fields.stream()
        .filter(field -> field.startsWith(LIST_FIELDS))
        .map(field -> field.name().toLowerCase(Locale.ROOT))
        .distinct();
  }

  private void add(String name, List<RawField> fields, int more) {
    int found = 0;
    // RFC 6376 5.4.2: of fields with the same name the last one is taken first.
    for (int i = fields.size() - 1; i >= 0; i--) {
      RawField field = fields.get(i);
      if (field.isNamed(name)) {
        relaxed.append(relaxed(field)).append("\r\n");
        found++;
      }
    }
    for (int i = 0; i < found + more; i++) {
      names.add(name);
    }
  }

  /** Returns the names as {@code h=} lists them. */
  List<String> names() {
    return List.copyOf(names);
  }

  /** Returns the fields in the relaxed form, each ended by CRLF; one character is one byte. */
  String relaxed() {
    return relaxed.toString();
  }

  /** Returns one field in the relaxed form without a line end (RFC 6376 3.4.2). */
  static String relaxed(RawField field) {
    String value = field.value().replace("\r\n", "").replaceAll("[ \t]+", " ");
    int start = value.startsWith(" ") ? 1 : 0;
    int end = value.endsWith(" ") ? value.length() - 1 : value.length();
    return field.name().toLowerCase(Locale.ROOT)
        + ":"
        + (start < end ? value.substring(start, end) : "");
  }
}
