package io.waybill.mail.mime;

import io.waybill.mail.Address;
import io.waybill.mail.MailException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.apache.james.mime4j.field.DateTimeFieldLenientImpl;
import org.apache.james.mime4j.field.address.LenientAddressParser;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.util.ByteSequence;
import org.apache.james.mime4j.util.ContentUtil;

/** Decodes header fields of one message, within a budget of encoded words. */
final class HeaderReader {
  /** What {@link Address} refuses in a display name: controls, and what turns text around. */
  private static final Pattern UNWANTED =
      Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9F}\\x{2028}-\\x{202E}\\x{2066}-\\x{2069}]");

  private static final Pattern WORDS =
      Pattern.compile(
          "=\\?[^?\\s]{1,60}\\?[BbQq]\\?[^?]*+\\?=(?:\\s++=\\?[^?\\s]{1,60}\\?[BbQq]\\?[^?]*+\\?=)*+");

  /**
   * Stands for {@code =?} where the address parser reads: it would decode once more what looks like
   * a word, in a time that grows with the square of their number.
   */
  private static final String HIDDEN = "=\uFFFF?";

  private final Consumer<Defect> defects;
  private int encodedWordsLeft;

  HeaderReader(MimeLimits limits, Consumer<Defect> defects) {
    this.encodedWordsLeft = limits.encodedWords();
    this.defects = defects;
  }

  /**
   * Returns the field's body in one line: unfolded, bytes as UTF-8 or windows-1252, not decoded.
   */
  static String line(Field field) {
    byte[] raw = field.getRaw() == null ? null : field.getRaw().toByteArray();
    if (raw == null) {
      return field.getBody().replaceAll("[\\r\\n]+[ \\t]*", " ").strip();
    }
    String text = Charsets.decode(raw, null).text();
    return text.substring(text.indexOf(':') + 1).replaceAll("[\\r\\n]+[ \\t]*", " ").strip();
  }

  /** Decodes encoded words; those past the budget stay as they are. */
  String decode(String line) {
    int words = count(line);
    if (words == 0) {
      return line;
    }
    if (words > encodedWordsLeft) {
      if (encodedWordsLeft >= 0) {
        defects.accept(
            new Defect(Defect.Kind.LIMIT_EXCEEDED, "more encoded words than are decoded"));
        encodedWordsLeft = -1;
      }
      return line;
    }
    encodedWordsLeft -= words;
    Charsets.Decoded decoded = WordDecoder.decode(line);
    if (!decoded.isAsDeclared()) {
      defects.accept(new Defect(Defect.Kind.CHARSET, "a header is not what its charset says"));
    }
    return decoded.text();
  }

  private static int count(String line) {
    int words = 0;
    for (int at = line.indexOf("=?"); at >= 0; at = line.indexOf("=?", at + 2)) {
      words++;
    }
    return words;
  }

  /** Returns the mailboxes of an address list that can be used as addresses. */
  List<Address> addresses(String name, String line) {
    List<Address> found = new ArrayList<>();
    if (count(line) > Math.max(0, encodedWordsLeft)) {
      defects.accept(new Defect(Defect.Kind.LIMIT_EXCEEDED, name + " has too many encoded words"));
      return found;
    }
    // As bytes: of a text the parser reads as many characters as there are bytes in ASCII.
    String list = withoutWords(line).replace("=?", HIDDEN);
    ByteSequence raw = ContentUtil.encode(StandardCharsets.UTF_8, list);
    ParserCursor cursor = new ParserCursor(0, raw.length());
    for (Mailbox mailbox : LenientAddressParser.DEFAULT.parseAddressList(raw, cursor).flatten()) {
      String display = mailbox.getName();
      try {
        found.add(
            Address.of(
                display == null ? null : UNWANTED.matcher(shown(display)).replaceAll(""),
                shown(address(mailbox))));
      } catch (MailException.InvalidMessage e) {
        defects.accept(new Defect(Defect.Kind.BROKEN_HEADER, name + ": " + e.getMessage()));
      }
    }
    return found;
  }

  /**
   * Decodes the words of an address list into quoted text, so that what was encoded is never taken
   * for a part of the list. Words that stand in quotes, where they do not belong, are decoded
   * there.
   */
  private String withoutWords(String line) {
    if (count(line) == 0) {
      return line;
    }
    StringBuilder out = new StringBuilder(line.length());
    boolean isQuoted = false;
    int at = 0;
    while (at < line.length()) {
      char c = line.charAt(at);
      int end = line.startsWith("=?", at) ? endOfWords(line, at) : -1;
      if (end > 0) {
        String text = decode(line.substring(at, end)).replaceAll("([\"\\\\])", "\\\\$1");
        out.append(isQuoted ? text : "\"" + text + "\"");
        at = end;
      } else {
        boolean isEscape = c == '\\' && isQuoted && at + 1 < line.length();
        isQuoted ^= c == '"';
        out.append(line, at, at + (isEscape ? 2 : 1));
        at += isEscape ? 2 : 1;
      }
    }
    return out.toString();
  }

  /** Behind the last of the words that follow each other from there; -1 if there is none. */
  private static int endOfWords(String line, int begin) {
    Matcher words = WORDS.matcher(line);
    words.region(begin, line.length());
    return words.lookingAt() ? words.end() : -1;
  }

  private static String shown(String text) {
    return text.replace(HIDDEN, "=?");
  }

  /** The parser takes off quotes, which some local parts need. */
  private static String address(Mailbox mailbox) {
    String local = mailbox.getLocalPart();
    String domain = mailbox.getDomain();
    if (local == null || domain == null) {
      return mailbox.getAddress();
    }
    boolean atoms = local.chars().noneMatch(c -> " \t\"(),:;<>@[\\]".indexOf(c) >= 0);
    String written =
        atoms ? local : "\"" + local.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    return written + "@" + domain;
  }

  /** Returns the moment that a Date field names, if it can be understood. */
  Optional<Instant> date(String line) {
    Date date =
        DateTimeFieldLenientImpl.PARSER
            .parse(new RawField("Date", ZoneNames.toOffset(line)), DecodeMonitor.SILENT)
            .getDate();
    if (date == null) {
      defects.accept(new Defect(Defect.Kind.BROKEN_HEADER, "Date cannot be understood"));
    }
    return Optional.ofNullable(date).map(Date::toInstant);
  }
}
