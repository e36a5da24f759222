package io.waybill.mail.mime;

import io.waybill.mail.Address;
import io.waybill.mail.Envelope;
import io.waybill.mail.MailException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Holds the header fields of a mail file: what is sent of them, and what they say of envelopes. */
final class EmlHeaders {
  private static final Set<String> LEFT_OUT = Set.of("bcc", "resent-bcc", "return-path");
  private static final Set<String> SINGLE =
      Set.of("from", "sender", "date", "message-id", "subject");
  private static final String MESSAGE_ID = "message-id";

  private final List<Field> fields = new ArrayList<>();
  private final String messageId;

  /** What is put in where a file has nothing: Message-IDs by the author's domain, and a date. */
  record Missing(UnaryOperator<String> messageId, Instant date) {}

  /** One field as bytes in Latin-1: its name in lower case, and all of its lines. */
  private record Field(String name, String raw) {}

  /**
   * Reads a header block of lines that end in CRLF, without the empty line behind it.
   *
   * @throws MailException.InvalidMessage if it is no such block, has no author, or a field twice
   */
  EmlHeaders(byte[] block, Missing missing) {
    split(new String(block, StandardCharsets.ISO_8859_1));
    for (String name : SINGLE) {
      if (all(name).size() > 1) {
        throw new MailException.InvalidMessage(field(name), -1, "stands there twice");
      }
    }
    if (all("from").isEmpty()) {
      throw new MailException.InvalidMessage("header from", -1, "is missing");
    }
    fields.removeIf(field -> field.name.equals(MESSAGE_ID) && text(field).isEmpty());
    messageId = first(MESSAGE_ID).map(EmlHeaders::requireId).orElseGet(() -> add(missing));
    if (all("date").isEmpty()) {
      fields.add(new Field("date", "Date: " + MimeComposer.DATE.format(missing.date) + "\r\n"));
    }
    if (all("mime-version").isEmpty()) {
      fields.add(new Field("mime-version", "MIME-Version: 1.0\r\n"));
    }
  }

  private void split(String block) {
    int line = 1;
    int start = block.startsWith("\u00EF\u00BB\u00BF") ? 3 : 0;
    if (block.startsWith("From ", start)) { // a mailbox of Unix puts such a line before each mail
      start = endOfLine(block, start);
      line++;
    }
    while (start < block.length()) {
      int end = endOfLine(block, start);
      int lines = 1;
      while (end < block.length() && " \t".indexOf(block.charAt(end)) >= 0) {
        end = endOfLine(block, end);
        lines++;
      }
      String raw = block.substring(start, end);
      fields.add(new Field(name(raw, line), raw));
      start = end;
      line += lines;
    }
    if (fields.size() > HeaderWriter.MAX_FIELDS) {
      throw new MailException.InvalidMessage(
          "headers", -1, "are more than " + HeaderWriter.MAX_FIELDS);
    }
  }

  private static int endOfLine(String block, int start) {
    return block.indexOf("\r\n", start) + 2;
  }

  private static String name(String raw, int line) {
    int colon = raw.indexOf(':');
    String name = raw.substring(0, Math.max(0, colon)).stripTrailing();
    if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new MailException.InvalidMessage(
          "line " + line, -1, "is no header field: it needs a name and a colon");
    }
    return name.toLowerCase(Locale.ROOT);
  }

  private static String requireId(String id) {
    boolean fine =
        id.length() > 2
            && id.startsWith("<")
            && id.indexOf('>') == id.length() - 1
            && id.chars().allMatch(c -> c > ' ' && c <= '~');
    if (!fine) {
      throw new MailException.InvalidMessage(
          "header message-id", -1, "does not look like <left@right>: correct or remove it");
    }
    return id;
  }

  private String add(Missing missing) {
    String domain =
        new HeaderReader(MimeLimits.defaults(), defect -> {})
            .addresses("from", first("from").orElse("")).stream()
                .findFirst()
                .map(Address::domain)
                .orElse("localhost.invalid");
    String id = missing.messageId.apply(domain);
    fields.add(new Field(MESSAGE_ID, "Message-ID: " + id + "\r\n"));
    return id;
  }

  /** Returns the Message-ID, of the file or new. */
  String messageId() {
    return messageId;
  }

  /** Returns the fields that are sent, as bytes in Latin-1, without the empty line behind them. */
  String sent() {
    StringBuilder sent = new StringBuilder();
    for (Field field : fields) {
      if (!LEFT_OUT.contains(field.name)) {
        text(field);
        sent.append(field.raw);
      }
    }
    return sent.toString();
  }

  /**
   * Returns the envelope that the fields imply.
   *
   * @throws MailException.InvalidMessage if they name nobody, or what is no address
   */
  Envelope envelope() {
    List<Field> resent = newestResent();
    List<Address> others = addresses(resent, "resent-to", "resent-cc", "resent-bcc");
    if (!others.isEmpty()) {
      return Envelope.of(author(resent, "resent-sender", "resent-from"), others);
    }
    List<Address> recipients = addresses(fields, "to", "cc", "bcc");
    Optional<String> path = first("return-path");
    if (path.isEmpty()) {
      return Envelope.of(author(fields, "sender", "from"), recipients);
    }
    boolean nobody = path.get().replace(" ", "").equals("<>");
    return Envelope.of(nobody ? null : author(fields, "return-path"), recipients);
  }

  /** Returns the fields of the last resending, which stand together above those of earlier ones. */
  private List<Field> newestResent() {
    Map<String, Field> block = new LinkedHashMap<>();
    for (Field field : fields) {
      boolean resent = field.name.startsWith("resent-");
      if (!block.isEmpty() && (!resent || block.containsKey(field.name))) {
        break;
      }
      if (resent) {
        block.put(field.name, field);
      }
    }
    return List.copyOf(block.values());
  }

  private static Address author(List<Field> among, String... names) {
    for (String name : names) {
      List<Address> authors = addresses(among, name);
      if (!authors.isEmpty()) {
        return authors.get(0);
      }
    }
    throw new MailException.InvalidMessage(field(names[names.length - 1]), -1, "names no author");
  }

  private static List<Address> addresses(List<Field> among, String... names) {
    List<Address> found = new ArrayList<>();
    for (Field field : among) {
      if (List.of(names).contains(field.name)) {
        List<Defect> defects = new ArrayList<>();
        found.addAll(
            new HeaderReader(MimeLimits.defaults(), defects::add)
                .addresses(field.name, text(field)));
        if (!defects.isEmpty()) {
          throw new MailException.InvalidMessage(
              field(field.name), -1, "names what is no mail address");
        }
      }
    }
    return found;
  }

  private List<Field> all(String name) {
    return fields.stream().filter(field -> field.name.equals(name)).toList();
  }

  private Optional<String> first(String name) {
    return all(name).stream().findFirst().map(EmlHeaders::text);
  }

  /** Returns a field's body in one line. */
  private static String text(Field field) {
    byte[] raw = field.raw.getBytes(StandardCharsets.ISO_8859_1);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
      return text.substring(text.indexOf(':') + 1).replaceAll("\r\n[ \t]*", " ").strip();
    } catch (CharacterCodingException e) {
      throw new MailException.InvalidMessage(
          field(field.name), -1, "holds bytes that are not UTF-8: encode it by RFC 2047");
    }
  }

  private static String field(String name) {
    return "header " + name;
  }
}
