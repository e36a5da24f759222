package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.Json;
import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.ContentSource;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.Envelope;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.MessagePriority;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.template.HtmlText;
import io.waybill.mail.template.MailTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is sent, and to whom, as options say it. */
final class MessageOptions {
  private static final int LARGEST_BODY = 50 * 1024 * 1024;

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      description = "The author; else the connection's \"from\".")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "ADDRESS",
      description = "Recipients: several, separated by commas or each with an option of its own.")
  private List<String> to = List.of();

  @Option(names = "--cc", paramLabel = "ADDRESS", description = "Who gets a copy.")
  private List<String> cc = List.of();

  @Option(
      names = "--bcc",
      paramLabel = "ADDRESS",
      description = "Who gets a copy that nobody sees.")
  private List<String> bcc = List.of();

  @Option(names = "--reply-to", paramLabel = "ADDRESS", description = "Where answers go.")
  private List<String> replyTo = List.of();

  @Option(
      names = {"-s", "--subject"},
      paramLabel = "LINE",
      description = "The subject; a template may have one too.")
  private @Nullable String subject;

  @Option(names = "--text", paramLabel = "TEXT", description = "The body as plain text.")
  private @Nullable String text;

  @Option(
      names = "--text-file",
      paramLabel = "FILE",
      description = "The same from a file; - is standard input, as when no body is given.")
  private @Nullable String textFile;

  @Option(
      names = "--html-file",
      paramLabel = "FILE",
      description =
          "The body as HTML, from a file; - is standard input. Its text is made from it if none is given.")
  private @Nullable String htmlFile;

  @Option(
      names = "--template",
      paramLabel = "FILE",
      description =
          "A Mustache template, .html or .txt; images that it names beside it are sent along.")
  private @Nullable Path template;

  @Option(
      names = {"-d", "--data"},
      paramLabel = "NAME=VALUE",
      description = "A value for the template; a dot in the name makes a group.")
  private Map<String, String> data = Map.of();

  @Option(
      names = "--data-file",
      paramLabel = "FILE",
      description = "Values for the template: a JSON object.")
  private @Nullable Path dataFile;

  @Option(
      names = {"-a", "--attach"},
      paramLabel = "FILE",
      description = "A file to attach; may be given several times.")
  private List<Path> attachments = List.of();

  @Option(
      names = "--inline",
      paramLabel = "NAME=FILE",
      description = "An image that the HTML shows as cid:NAME.")
  private Map<String, Path> inline = Map.of();

  @Option(
      names = "--header",
      paramLabel = "NAME:VALUE",
      description = "A header field of its own, as 'X-Ticket: 42'.")
  private List<String> headers = List.of();

  @Option(
      names = "--calendar",
      paramLabel = "FILE",
      description = "An iCalendar file that makes the message an invitation, or an answer to one.")
  private @Nullable Path calendar;

  @Option(names = "--priority", paramLabel = "LEVEL", description = "high, normal or low.")
  private @Nullable MessagePriority priority;

  @Option(
      names = "--envelope-from",
      paramLabel = "ADDRESS",
      description = "Where bounces go; the author if not given.")
  private @Nullable String envelopeFrom;

  @Option(
      names = "--dsn",
      split = ",",
      paramLabel = "EVENT",
      description = "Ask servers to report: success, failure, delay; or never.")
  private List<String> dsn = List.of();

  @Option(
      names = "--eml",
      paramLabel = "FILE",
      description =
          "Send this file, headers and all, as it is; - is standard input. --from, --to, --cc and --bcc then change only where it goes.")
  private @Nullable String eml;

  /** Returns whether no connection is needed to know who writes. */
  boolean namesItsAuthor() {
    return from != null || eml != null;
  }

  /** Returns the subject as a list of waiting mail shows it. */
  String shownSubject() {
    return subject == null ? "" : subject;
  }

  /**
   * Composes, and signs, the message; the caller closes it.
   *
   * @param usualFrom the author if the options name none
   */
  PreparedMessage prepare(MessagePreparer preparer, Optional<String> usualFrom, InputStream in) {
    return eml == null ? preparer.prepare(message(usualFrom, in)) : ofFile(eml, preparer, in);
  }

  private PreparedMessage ofFile(String file, MessagePreparer preparer, InputStream in) {
    boolean isComposed =
        subject != null
            || hasBody()
            || !attachments.isEmpty()
            || !headers.isEmpty()
            || !inline.isEmpty()
            || !replyTo.isEmpty()
            || !data.isEmpty()
            || dataFile != null
            || calendar != null
            || priority != null;
    if (isComposed) {
      throw new JobException.Configuration(
          "--eml is the whole message: leave out what would change it, such as subject, body, attachments, headers, --reply-to and --priority");
    }
    List<String> all = new ArrayList<>(addresses(to));
    all.addAll(addresses(cc));
    all.addAll(addresses(bcc));
    Optional<Address> sender =
        Optional.ofNullable(envelopeFrom != null ? envelopeFrom : from).map(Address::parse);
    Optional<DsnRequest> reports = Optional.ofNullable(request());
    ContentSource source = source(file, in);
    try {
      if (all.isEmpty()) {
        return preparer.prepareEml(source, sender, reports);
      }
      if (sender.isEmpty()) {
        throw new JobException.Configuration(
            "with recipients of its own --eml needs --from, to which bounces go");
      }
      Envelope envelope =
          Envelope.of(sender.get(), all.stream().map(Address::parse).toList())
              .withDsn(reports.orElse(null));
      return preparer.prepareEml(source, Optional.of(envelope));
    } catch (MailException.InvalidMessage e) {
      throw new JobException.Configuration(
          (file.equals("-") ? "standard input" : file) + ": " + e.getMessage(), e);
    }
  }

  private static ContentSource source(String file, InputStream in) {
    if (file.equals("-")) {
      return () -> in; // read once, and never as a whole
    }
    Path path = existing(Path.of(file));
    return () -> Files.newInputStream(path);
  }

  private Message message(Optional<String> usualFrom, InputStream in) {
    Message.Builder message = Message.builder();
    message.from(
        Optional.ofNullable(from)
            .or(() -> usualFrom)
            .orElseThrow(
                () -> new JobException.Configuration("nobody is the author: give --from ADDRESS")));
    each("--to", addresses(to), message::to);
    each("--cc", addresses(cc), message::cc);
    each("--bcc", addresses(bcc), message::bcc);
    each("--reply-to", addresses(replyTo), message::replyTo);
    body(message, in);
    if (subject != null) {
      message.subject(subject);
    }
    attachments.forEach(file -> message.attach(Attachment.of(existing(file))));
    inline.forEach((name, file) -> message.inline(name, Attachment.of(existing(file))));
    headers.forEach(line -> header(message, line));
    if (calendar != null) {
      String ics = utf8(existing(calendar).toString(), in);
      message.calendar(ics, methodOf(ics, calendar));
    }
    if (priority != null) {
      message.priority(priority);
    }
    if (envelopeFrom != null) {
      message.envelopeFrom(envelopeFrom);
    }
    DsnRequest request = request();
    if (request != null) {
      message.dsn(request);
    }
    return message.build();
  }

  /** Says which of many it is that cannot be used. */
  private static void each(String option, List<String> addresses, Consumer<String> add) {
    for (int i = 0; i < addresses.size(); i++) {
      try {
        add.accept(addresses.get(i));
      } catch (MailException.InvalidMessage e) {
        throw new JobException.Configuration(
            "address %d of %s: %s".formatted(i + 1, option, e.getMessage()), e);
      }
    }
  }

  /** Splits at commas, but not within a quoted name. */
  private static List<String> addresses(List<String> given) {
    List<String> all = new ArrayList<>();
    for (String text : given) {
      boolean isQuoted = false;
      int from = 0;
      for (int i = 0; i <= text.length(); i++) {
        char c = i < text.length() ? text.charAt(i) : ',';
        if (c == '\\' && isQuoted) {
          i++;
        } else if (c == '"') {
          isQuoted = !isQuoted;
        } else if (c == ',' && (!isQuoted || i == text.length())) {
          all.add(text.substring(from, i).strip());
          from = i + 1;
        }
      }
    }
    return all;
  }

  private boolean hasBody() {
    return text != null || textFile != null || htmlFile != null || template != null;
  }

  private void body(Message.Builder message, InputStream in) {
    if (text != null && textFile != null) {
      throw new JobException.Configuration("--text and --text-file are the same body: give one");
    }
    if (template != null) {
      if (text != null || textFile != null || htmlFile != null) {
        throw new JobException.Configuration("--template is the body: leave out the others");
      }
      MailTemplate loaded = MailTemplate.load(existing(template));
      loaded.render(values()).applyTo(message);
      return;
    }
    if (!data.isEmpty() || dataFile != null) {
      throw new JobException.Configuration("--data and --data-file are for a --template");
    }
    if (text != null) {
      message.text(text);
    } else if (textFile != null) {
      message.text(utf8(textFile, in));
    }
    if (htmlFile != null) {
      String html = utf8(htmlFile, in);
      message.html(html);
      if (text == null && textFile == null) {
        message.text(HtmlText.of(html));
      }
    }
    if (!hasBody() && calendar == null) {
      message.text(utf8("-", in));
    }
  }

  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    if (dataFile != null) {
      String json = utf8(existing(dataFile).toString(), InputStream.nullInputStream());
      try {
        values.putAll(Json.readObject(json));
      } catch (JobException.Configuration e) {
        throw new JobException.Configuration(dataFile + ": " + e.getMessage(), e);
      }
    }
    data.forEach((name, value) -> put(values, name, value));
    return values;
  }

  @SuppressWarnings("unchecked") // groups are made here, or come from JSON
  private static void put(Map<String, Object> values, String name, String value) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      values.put(name, value);
      return;
    }
    Object group = values.computeIfAbsent(name.substring(0, dot), key -> new LinkedHashMap<>());
    if (!(group instanceof Map)) {
      throw new JobException.Configuration(
          "--data " + name + ": \"" + name.substring(0, dot) + "\" is a value, not a group");
    }
    put((Map<String, Object>) group, name.substring(dot + 1), value);
  }

  private static void header(Message.Builder message, String line) {
    int colon = line.indexOf(':');
    if (colon < 1) {
      throw new JobException.Configuration("--header takes 'NAME: VALUE'");
    }
    message.header(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
  }

  private static String methodOf(String ics, Path file) {
    return ics.lines()
        .map(line -> line.toUpperCase(Locale.ROOT).strip())
        .filter(line -> line.startsWith("METHOD:"))
        .map(line -> line.substring("METHOD:".length()))
        .findFirst()
        .orElseThrow(
            () ->
                new JobException.Configuration(
                    file + " has no METHOD line, such as METHOD:REQUEST"));
  }

  private @Nullable DsnRequest request() {
    if (dsn.isEmpty()) {
      return null;
    }
    if (dsn.equals(List.of("never"))) {
      return DsnRequest.never();
    }
    Set<DsnRequest.Notify> events = EnumSet.noneOf(DsnRequest.Notify.class);
    for (String word : dsn) {
      try {
        events.add(DsnRequest.Notify.valueOf(word.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new JobException.Configuration(
            "--dsn takes success, failure and delay, or never alone", e);
      }
    }
    return new DsnRequest(events, Optional.empty(), Optional.empty());
  }

  private static Path existing(Path file) {
    if (file.toString().isEmpty()) {
      throw new JobException.Configuration("the name of a file is empty");
    }
    if (!Files.exists(file)) {
      throw new JobException.NotFound("there is no file " + file);
    }
    if (!Files.isRegularFile(file)) {
      throw new JobException.Configuration(file + " is no regular file");
    }
    return file;
  }

  private static String utf8(String file, InputStream in) {
    try {
      byte[] bytes =
          file.equals("-")
              ? bounded(in, "standard input", LARGEST_BODY)
              : bounded(existing(Path.of(file)));
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new JobException.Configuration(
          (file.equals("-") ? "standard input" : file)
              + " is not UTF-8: convert it first, for instance with iconv",
          e);
    }
  }

  private static byte[] bounded(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return bounded(in, file.toString(), LARGEST_BODY);
    } catch (IOException e) {
      throw new MailException.ContentUnavailable(file.toString(), e);
    }
  }

  private static byte[] bounded(InputStream in, String what, int most) {
    try {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new JobException.Configuration(
            what + " has more than " + RunPrinter.size(most) + ": attach it instead");
      }
      return bytes;
    } catch (IOException e) {
      throw new MailException.ContentUnavailable(what, e);
    }
  }
}
