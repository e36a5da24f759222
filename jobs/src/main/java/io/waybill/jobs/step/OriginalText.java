package io.waybill.jobs.step;

import io.waybill.mail.Address;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.template.HtmlText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a message says, to stand below the answer to it or the words that pass it on. */
final class OriginalText {
  private static final int MOST_QUOTED = 64 * 1024;
  private static final int MOST_PASSED_ON = 1_000_000;
  private static final String CUT = "\n[...]";

  private OriginalText() {}

  /** Returns it as a quotation, each line behind a {@code >}. */
  static String quoted(ParsedMail mail) {
    String who = people(mail.from());
    String when = mail.date().map(date -> " on " + date).orElse("");
    String lines =
        body(mail, MOST_QUOTED)
            .lines()
            .map(line -> line.startsWith(">") ? ">" + line : ("> " + line).stripTrailing())
            .collect(Collectors.joining("\n"));
    return (who.isEmpty() ? "They" : who) + " wrote" + when + ":\n" + lines + "\n";
  }

  /** Returns it below a line that divides, and what its headers say. */
  static String passedOn(ParsedMail mail) {
    StringBuilder text = new StringBuilder("---------- Forwarded message ----------\n");
    line(text, "From", people(mail.from()));
    line(text, "Date", mail.date().map(Instant::toString).orElse(""));
    line(text, "Subject", clean(mail.subject()).replaceAll("\\p{Cntrl}", " "));
    line(text, "To", people(mail.to()));
    line(text, "Cc", people(mail.cc()));
    return text.append('\n').append(body(mail, MOST_PASSED_ON)).append('\n').toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append(name).append(": ").append(value).append('\n');
    }
  }

  private static String people(List<Address> addresses) {
    return addresses.stream().map(Address::toString).collect(Collectors.joining(", "));
  }

  private static String body(ParsedMail mail, int most) {
    Optional<String> text = mail.text().or(() -> mail.html().map(HtmlText::of));
    String whole = clean(text.orElse("")).stripTrailing();
    return whole.length() <= most ? whole : clean(whole.substring(0, most)) + CUT;
  }

  /** Returns a text without what no message may hold: NUL, and halves of characters. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == 0 || Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
        .forEach(clean::appendCodePoint);
    return clean.toString().replace("\r\n", "\n").replace('\r', '\n');
  }

  /** Returns plain text as HTML that shows it line by line. */
  static String asHtml(String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return "\n<pre style=\"white-space: pre-wrap\">" + escaped + "</pre>\n";
  }
}
