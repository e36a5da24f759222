package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.json.Plain;
import io.waybill.mail.Address;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.mime.Defect;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A message of a mailbox as one step yields it and later ones name it.
 *
 * @param mailbox the account
 * @param folder of it
 * @param uidValidity for which the UID holds
 * @param uid the message's number there
 * @param plain all that is told of it
 */
record MailItem(
    Connection.Mailbox mailbox,
    String folder,
    long uidValidity,
    long uid,
    Map<String, Object> plain) {
  /** The key that names messages. */
  static final Key MESSAGE =
      Key.required(
              "message",
              new ValueType.ListOf(new ValueType.Anything()),
              "The message, or several, as mail.fetch yields them.")
          .withExample("\"${steps.fetch.messages}\"");

  /** What the texts of a step can read of a message, under {@code message}. */
  static final List<String> NAMES =
      List.of(
          "mailbox",
          "folder",
          "uid-validity",
          "uid",
          "message-id",
          "subject",
          "from",
          "to",
          "date",
          "received-at",
          "size",
          "text",
          "attachments");

  private static final List<String> NUMBERS = List.of("uid-validity", "uid");
  private static final int MAX_TEXT_CHARS = 2_000;

  /**
   * Reads the key {@code message}: messages, and lists of them.
   *
   * @throws JobException.Configuration if something there is no message, or its mailbox is unknown
   */
  static List<MailItem> of(Arguments arguments, Connections connections) {
    Map<String, MailItem> items = new LinkedHashMap<>(); // each once
    for (Object each : flat(arguments.find(MESSAGE.name()).orElseThrow())) {
      MailItem item = read(each, connections);
      items.putIfAbsent(item.key(), item);
    }
    return List.copyOf(items.values());
  }

  private static List<Object> flat(Object given) {
    return given instanceof List<?> list
        ? list.stream().flatMap(each -> flat(each).stream()).toList()
        : List.of(given);
  }

  private static MailItem read(Object given, Connections connections) {
    Map<String, Object> plain = new LinkedHashMap<>();
    if (given instanceof Map<?, ?> map) {
      map.forEach((name, value) -> plain.put(String.valueOf(name), value));
      NUMBERS.forEach(name -> plain.computeIfPresent(name, (unused, value) -> number(value)));
    }
    boolean isMessage =
        plain.get("mailbox") instanceof String
            && plain.get("folder") instanceof String
            && NUMBERS.stream().allMatch(name -> plain.get(name) instanceof Long);
    if (!isMessage) {
      throw new JobException.Configuration(
          "\"message\" takes what \"mail.fetch\" yields, \"${steps.ID.messages}\" or one of them,"
              + " and this is no message: "
              + (given instanceof Map<?, ?> map ? "a mapping with " + map.keySet() : given));
    }
    return new MailItem(
        connections.require(Plain.text(plain, "mailbox"), Connection.Mailbox.class),
        Plain.text(plain, "folder"),
        Plain.number(plain, "uid-validity"),
        Plain.number(plain, "uid"),
        plain);
  }

  // what is written into the job file itself is text
  private static Object number(Object value) {
    return value instanceof String text && text.matches("[0-9]{1,18}")
        ? (Object) Long.valueOf(text)
        : value;
  }

  /** Returns what a step tells of a message that it has read. */
  static Map<String, Object> plain(Connection.Mailbox mailbox, InboundMail inbound) {
    ParsedMail mail = inbound.mail();
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("mailbox", mailbox.name());
    plain.put("folder", inbound.folder());
    plain.put("uid-validity", inbound.uidValidity());
    plain.put("uid", inbound.uid());
    plain.put("message-id", mail.messageId().orElse(""));
    plain.put("subject", mail.subject());
    plain.put("from", addresses(mail.from()));
    plain.put("to", addresses(mail.to()));
    // what the sender claims may be missing or nonsense, and names are made of it
    mail.date()
        .or(() -> inbound.facts().receivedAt())
        .ifPresent(date -> plain.put("date", date.toString()));
    inbound.facts().receivedAt().ifPresent(at -> plain.put("received-at", at.toString()));
    plain.put("size", mail.sizeBytes());
    plain.put("text", mail.text().map(MailItem::bounded).orElse(""));
    plain.put("attachments", mail.attachments().stream().map(MailItem::plain).toList());
    plain.put("defects", mail.defects().stream().map(String::valueOf).toList());
    return plain;
  }

  private static String addresses(List<Address> addresses) {
    return addresses.stream().map(Address::address).collect(Collectors.joining(", "));
  }

  private static Map<String, Object> plain(ReceivedAttachment attachment) {
    return Map.of(
        "name", attachment.name(),
        "type", attachment.contentType(),
        "size", attachment.sizeBytes(),
        "digest", attachment.sha256());
  }

  // A run's record keeps what a step left behind; whole bodies do not belong there.
  private static String bounded(String text) {
    return text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS);
  }

  /** Returns by what a step's journal knows it. */
  String key() {
    return mailbox.name() + ":" + folder + ";" + uidValidity + ";" + uid;
  }

  /** Returns the Message-ID with its angle brackets; empty if it has none. */
  String messageId() {
    return text("message-id");
  }

  /** Returns a text of it; empty if it is not told. */
  String text(String name) {
    return plain.get(name) instanceof String text ? text : "";
  }

  /**
   * Returns by what it is known again wherever it is, over runs and where UIDs count anew: up to 50
   * characters.
   */
  String identity() {
    String what =
        messageId().isEmpty()
            ? mailbox.login().user() + "@" + mailbox.host() + "\n" + key()
            : String.join("\n", messageId(), text("from"), text("subject"));
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JRE has it
    }
  }

  /**
   * Checks that nothing of it is missing in what was read.
   *
   * @param outcome what follows if something is, for people
   * @throws JobException.Expectation if a limit was passed
   */
  void requireReadWhole(ParsedMail mail, String outcome) {
    for (Defect each : mail.defects()) {
      if (each.kind() == Defect.Kind.LIMIT_EXCEEDED) {
        throw new JobException.Expectation(
            "%s was not read to its end (%s), and something may be attached that was not seen; %s"
                .formatted(this, each.detail(), outcome));
      }
    }
  }

  /** Returns which one it is, for people. */
  @Override
  public String toString() {
    String id = messageId().isEmpty() ? "" : " (" + messageId() + ")";
    return "message " + uid + " of " + mailbox.name() + ":" + folder + id;
  }
}
