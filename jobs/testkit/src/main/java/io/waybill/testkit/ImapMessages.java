package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Answers what is asked about the messages of an open folder. */
final class ImapMessages {
  private static final Pattern BODY =
      Pattern.compile("BODY(?:\\.PEEK)?\\[([^\\]]*)\\](?:<(\\d+)\\.(\\d+)>)?");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss Z", Locale.ENGLISH);

  private final ScriptedImapServer server;
  private final ImapConversation conversation;
  private final ScriptedFolder folder;
  private final List<ScriptedFolder.Message> known;
  private final boolean byUid;

  ImapMessages(
      ScriptedImapServer server,
      ImapConversation conversation,
      ScriptedFolder folder,
      List<ScriptedFolder.Message> known,
      boolean byUid) {
    this.server = server;
    this.conversation = conversation;
    this.folder = folder;
    this.known = List.copyOf(known);
    this.byUid = byUid;
  }

  void answer(String verb, List<String> words) throws IOException {
    switch (verb) {
      case "SEARCH" -> search(words);
      case "FETCH" -> fetch(words);
      case "STORE" -> store(words);
      case "COPY" -> transfer(words, false);
      case "MOVE" -> transfer(words, true);
      case "EXPUNGE" -> expunge(words);
      default -> conversation.send("{tag} BAD what?");
    }
  }

  /** Returns the messages of a set that are still there. */
  private List<ScriptedFolder.Message> chosen(String set) {
    List<ScriptedFolder.Message> there = folder.messages();
    List<ScriptedFolder.Message> all = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      ScriptedFolder.Message message = known.get(i);
      long number = byUid ? message.uid : i + 1;
      long last = byUid ? known.get(known.size() - 1).uid : known.size();
      if (there.contains(message) && isIn(set, number, last)) {
        all.add(message);
      }
    }
    return all;
  }

  private static boolean isIn(String set, long number, long last) {
    return Arrays.stream(set.split(",", -1))
        .anyMatch(
            part -> {
              String[] ends = part.split(":", -1);
              long a = end(ends[0], last);
              long b = end(ends[ends.length - 1], last);
              return Math.min(a, b) <= number && number <= Math.max(a, b);
            });
  }

  private static long end(String text, long last) {
    return text.equals("*") ? last : Long.parseLong(text);
  }

  private void search(List<String> words) throws IOException {
    List<ScriptedFolder.Message> found = new ArrayList<>(known);
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i).toUpperCase(Locale.ROOT)) {
        case "CHARSET" -> i++;
        case "UID" -> {
          String set = words.get(++i);
          long last = known.isEmpty() ? 0 : known.get(known.size() - 1).uid;
          found.removeIf(each -> !isIn(set, each.uid, last));
        }
        case "UNSEEN" -> found.removeIf(each -> each.flags.contains("\\Seen"));
        case "SUBJECT" -> keep(found, "Subject", words.get(++i));
        case "FROM" -> keep(found, "From", words.get(++i));
        case "HEADER" -> keep(found, words.get(++i), words.get(++i));
        default -> {}
      }
    }
    conversation.send(
        "* SEARCH"
            + found.stream()
                .map(each -> " " + (byUid ? each.uid : known.indexOf(each) + 1))
                .collect(Collectors.joining()));
    conversation.done();
  }

  private static void keep(List<ScriptedFolder.Message> found, String header, String part) {
    Pattern field =
        Pattern.compile("(?im)^" + Pattern.quote(header) + ":.*" + Pattern.quote(part) + ".*$");
    found.removeIf(each -> !field.matcher(new String(each.content, ISO_8859_1)).find());
  }

  private void fetch(List<String> words) throws IOException {
    long since = words.size() < 3 ? 0 : changedSince(words.get(2));
    for (ScriptedFolder.Message message : chosen(words.get(0))) {
      if (message.modSeq <= since) {
        continue;
      }
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      String items = words.get(1);
      append(line, "* " + (known.indexOf(message) + 1) + " FETCH (UID " + message.uid);
      if (items.contains("RFC822.SIZE")) {
        append(line, " RFC822.SIZE " + (message.content.length + message.lie));
      }
      if (items.contains("INTERNALDATE")) {
        append(
            line,
            " INTERNALDATE \"" + DATE.format(message.receivedAt.atOffset(ZoneOffset.UTC)) + "\"");
      }
      if (items.contains("FLAGS")) {
        append(line, " FLAGS (" + String.join(" ", message.flags) + ")");
      }
      if (since > 0) {
        append(line, " MODSEQ (" + message.modSeq + ")");
      }
      if (items.contains("X-GM-MSGID")) {
        append(
            line,
            " X-GM-MSGID %d X-GM-THRID %d X-GM-LABELS (\\Inbox \"Two words\")"
                .formatted(1000 + message.uid, 2000 + message.uid));
      }
      if (items.contains("BODYSTRUCTURE")) {
        append(line, " BODYSTRUCTURE " + structure(message));
      }
      Matcher body = BODY.matcher(items);
      if (body.find()) {
        content(line, message, body);
      }
      append(line, ")\r\n");
      conversation.write(line.toByteArray());
    }
    conversation.done();
  }

  private static long changedSince(String modifier) {
    return Long.parseLong(modifier.replaceAll("\\D", ""));
  }

  /** What the test says of it; else, roughly, a text, with something attached if it has parts. */
  private static String structure(ScriptedFolder.Message message) {
    String text =
        "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" %d 1)"
            .formatted(message.content.length);
    boolean hasParts =
        new String(message.content, ISO_8859_1).toLowerCase(Locale.ROOT).contains("multipart/");
    return Optional.ofNullable(message.structure)
        .orElse(
            hasParts
                ? "("
                    + text
                    + "(\"application\" \"octet-stream\" NIL NIL NIL \"7bit\" 7) \"mixed\")"
                : text);
  }

  private static void content(
      ByteArrayOutputStream line, ScriptedFolder.Message message, Matcher body) {
    byte[] bytes = message.content;
    String section = body.group(1).toUpperCase(Locale.ROOT);
    if (section.startsWith("HEADER")) {
      String text = new String(bytes, ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      String block = end < 0 ? text : text.substring(0, end + 4);
      bytes = (section.equals("HEADER") ? block : fields(block, section)).getBytes(ISO_8859_1);
    }
    String origin = "";
    if (body.group(2) != null) {
      int from = (int) Math.min(bytes.length, Long.parseLong(body.group(2)));
      int to = (int) Math.min(bytes.length, from + Long.parseLong(body.group(3)));
      bytes = Arrays.copyOfRange(bytes, from, to);
      origin = "<" + from + ">";
    }
    append(line, " BODY[" + body.group(1) + "]" + origin + " {" + bytes.length + "}\r\n");
    line.writeBytes(bytes);
  }

  /** Returns the fields of a header block whose names are among those of HEADER.FIELDS (...). */
  private static String fields(String block, String section) {
    Set<String> names =
        Set.of(section.substring(section.indexOf('(') + 1, section.indexOf(')')).split(" ", -1));
    return Arrays.stream(block.split("(?<=\r\n)(?![ \t])", -1))
            .filter(field -> names.contains(field.split(":", 2)[0].toUpperCase(Locale.ROOT)))
            .collect(Collectors.joining())
        + "\r\n";
  }

  private static void append(ByteArrayOutputStream line, String text) {
    line.writeBytes(text.getBytes(ISO_8859_1));
  }

  private void store(List<String> words) throws IOException {
    List<String> flags = List.of(words.get(2).replace("(", "").replace(")", "").split(" ", -1));
    for (ScriptedFolder.Message message : chosen(words.get(0))) {
      folder.mark(message, flags, !words.get(1).startsWith("-"));
    }
    conversation.done();
  }

  private void transfer(List<String> words, boolean removes) throws IOException {
    Optional<ScriptedFolder> target = server.find(words.get(1));
    if (removes && !server.knows("MOVE")) {
      conversation.send("{tag} BAD what?");
      return;
    }
    if (target.isEmpty()) {
      conversation.send("{tag} NO [TRYCREATE] no such folder");
      return;
    }
    for (ScriptedFolder.Message message : chosen(words.get(0))) {
      target.get().add(message.content, message.receivedAt, List.copyOf(message.flags));
      if (removes) {
        folder.expunge(message.uid);
      }
    }
    conversation.done();
  }

  private void expunge(List<String> words) throws IOException {
    if (byUid && !server.knows("UIDPLUS")) {
      conversation.send("{tag} BAD what?");
      return;
    }
    List<ScriptedFolder.Message> meant = words.isEmpty() ? known : chosen(words.get(0));
    for (ScriptedFolder.Message message : meant) {
      if (message.flags.contains("\\Deleted")) {
        folder.expunge(message.uid);
      }
    }
    conversation.done();
  }
}
