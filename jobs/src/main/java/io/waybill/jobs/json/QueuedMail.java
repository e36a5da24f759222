package io.waybill.jobs.json;

import io.waybill.jobs.JobException;
import io.waybill.mail.Address;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.Envelope;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailException;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.outbox.EnqueueRequest;
import io.waybill.mail.outbox.OutboxSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A frozen message on its way to the outbox of a daemon: one line of JSON with its envelope and its
 * names, and then its bytes as they will be sent.
 */
public final class QueuedMail implements AutoCloseable {
  private static final int LONGEST_HEAD = 4 * 1024 * 1024;
  private static final long LARGEST = 2L << 30;

  private final FrozenMessage message;
  private final EnqueueRequest request;
  private final Runnable release;

  private QueuedMail(FrozenMessage message, EnqueueRequest request, Runnable release) {
    this.message = message;
    this.request = request;
    this.release = release;
  }

  /** Returns what is to be queued; the message stays the caller's. */
  public static QueuedMail of(FrozenMessage message, EnqueueRequest request) {
    return new QueuedMail(message, request, () -> {});
  }

  public FrozenMessage message() {
    return message;
  }

  public EnqueueRequest request() {
    return request;
  }

  /** Returns the name of the connection that sends it. */
  public String account() {
    return request.account();
  }

  /** Opens it as it travels. */
  public InputStream stream() {
    byte[] head = (Json.write(head()) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      return new SequenceInputStream(new ByteArrayInputStream(head), message.open());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, Object> head() {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("account", request.account());
    head.put("key", request.dedupeKey());
    head.put("subject", request.subject());
    request.expiry().ifPresent(expiry -> head.put("expire", expiry.toString()));
    head.put("message-id", message.messageId());
    head.put("digest", message.sha256());
    head.put("from", message.envelope().sender().map(Address::address).orElse(""));
    head.put("to", message.envelope().recipients().stream().map(Address::address).toList());
    message.envelope().dsn().ifPresent(dsn -> head.put("dsn", dsn(dsn)));
    return head;
  }

  private static Map<String, Object> dsn(DsnRequest dsn) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("events", dsn.events().stream().map(Plain::word).sorted().toList());
    dsn.content().ifPresent(content -> form.put("content", Plain.word(content)));
    dsn.envelopeId().ifPresent(id -> form.put("envelope-id", id));
    return form;
  }

  /**
   * Reads one; what it holds is in a temporary file if it is large, until it is closed.
   *
   * @throws JobException.Configuration if it is malformed
   * @throws MailException if it holds no message
   * @throws IOException if it cannot be read
   */
  public static QueuedMail read(InputStream in) throws IOException {
    Map<String, Object> head = Json.readObject(headLine(in));
    String messageId = Plain.text(head, "message-id");
    String from = Plain.text(head, "from");
    Envelope envelope =
        Envelope.of(
                from.isEmpty() ? null : Address.of(from),
                texts(head, "to").stream().map(Address::of).toList())
            .withDsn(dsnOf(head));
    EnqueueRequest.Builder request =
        EnqueueRequest.builder(Plain.text(head, "key"))
            .account(Plain.text(head, "account"))
            .subject(Plain.text(head, "subject"));
    if (head.containsKey("expire")) {
      request.expiry(expiry(Plain.text(head, "expire")));
    }
    PreparedMessage message =
        MessagePreparer.builder()
            .maxSizeBytes(LARGEST)
            .build()
            .frozen(() -> in, messageId, envelope);
    if (!message.sha256().equals(Plain.text(head, "digest"))) {
      message.close();
      throw new JobException.Configuration("the message did not arrive as it was sent here");
    }
    return new QueuedMail(message, request.build(), message::close);
  }

  private static Duration expiry(String text) {
    try {
      Duration given = Duration.parse(text);
      if (given.isNegative()
          || given.isZero()
          || given.compareTo(OutboxSettings.LONGEST_EXPIRY) > 0) {
        throw new JobException.Configuration("\"expire\" is more than nothing and at most 5 days");
      }
      return given;
    } catch (DateTimeParseException e) {
      throw new JobException.Configuration("\"expire\" of a queued mail is no ISO duration", e);
    }
  }

  private static String headLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("a queued mail ends within its first line");
      }
      if (line.size() == LONGEST_HEAD) {
        throw new JobException.Configuration(
            "the first line of a queued mail has more than " + LONGEST_HEAD + " bytes");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private static @Nullable DsnRequest dsnOf(Map<String, Object> head) {
    if (!(head.get("dsn") instanceof Map<?, ?> form)) {
      return null;
    }
    return new DsnRequest(
        texts(form, "events").stream()
            .map(word -> word(DsnRequest.Notify::valueOf, word))
            .collect(Collectors.toSet()),
        text(form, "content").map(word -> word(DsnRequest.ReturnedContent::valueOf, word)),
        text(form, "envelope-id"));
  }

  private static <E> E word(Function<String, E> read, String word) {
    try {
      return read.apply(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("a queued mail has an unknown word in \"dsn\"", e);
    }
  }

  private static List<String> texts(Map<?, ?> form, String key) {
    return form.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  private static Optional<String> text(Map<?, ?> form, String key) {
    return Optional.ofNullable(form.get(key)).map(String::valueOf);
  }

  /** Deletes the temporary file, if there is one. */
  @Override
  public void close() {
    release.run();
  }
}
