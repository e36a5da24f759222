package io.waybill.mail.inbox;

import io.waybill.mail.ContentSource;
import io.waybill.mail.MailException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A mailbox of one folder in memory, in which anything can happen between two commands. */
final class FakeMailbox implements RemoteMailbox {
  final TreeMap<Long, Held> messages = new TreeMap<>();
  final List<String> commands = new ArrayList<>();
  long uidValidity = 7;
  long uidNext = 1;
  boolean isAlive = true;
  Runnable beforeContents = () -> {};
  boolean refusesActions;
  final Set<Long> undescribed = new HashSet<>();

  /** A message that lies there. */
  record Held(String content, Instant receivedAt, List<String> flags) {
    byte[] bytes() {
      return content.getBytes(StandardCharsets.UTF_8);
    }
  }

  long add(String subject, Instant receivedAt) {
    return add(subject, receivedAt, "body of " + subject + "\r\n");
  }

  long add(String subject, Instant receivedAt, String body) {
    String content =
        "Message-ID: <%s@example.org>\r\nFrom: a@example.org\r\nSubject: %s\r\n\r\n%s"
            .formatted(subject, subject, body);
    return add(new Held(content, receivedAt, new ArrayList<>()));
  }

  long add(Held message) {
    messages.put(uidNext, message);
    return uidNext++;
  }

  Held held(long uid) {
    return Objects.requireNonNull(messages.get(uid));
  }

  /** Gives all messages new UIDs, as a restore does. */
  void recreate(long newValidity) {
    List<Held> all = List.copyOf(messages.values());
    messages.clear();
    uidValidity = newValidity;
    uidNext = 100;
    all.forEach(this::add);
  }

  @Override
  public Opened open(String folder, boolean toChange) {
    commands.add((toChange ? "select " : "examine ") + folder);
    isAlive = true;
    return new Opened(uidValidity, uidNext - 1);
  }

  @Override
  public long[] find(long first, long last, MailSearch search) {
    commands.add("find " + first + ":" + last);
    return messages.subMap(first, true, last, true).keySet().stream()
        .filter(uid -> !search.isUnseen() || !held(uid).flags().contains("\\Seen"))
        .mapToLong(Long::longValue)
        .toArray();
  }

  @Override
  public long[] present(long[] uids) {
    return Arrays.stream(uids).filter(messages::containsKey).toArray();
  }

  @Override
  public List<MailFacts> facts(long[] uids) {
    return Arrays.stream(uids)
        .filter(uid -> messages.containsKey(uid) && !undescribed.contains(uid))
        .mapToObj(
            uid -> {
              Held held = held(uid);
              return new MailFacts(
                  "INBOX",
                  uidValidity,
                  uid,
                  held.bytes().length,
                  Optional.of(held.receivedAt()),
                  held.flags(),
                  Optional.empty());
            })
        .toList();
  }

  @Override
  public Map<Long, byte[]> headers(long[] uids, int mostBytes) {
    Map<Long, byte[]> headers = new LinkedHashMap<>();
    for (long uid : uids) {
      Optional.ofNullable(messages.get(uid))
          .ifPresent(
              held -> {
                String text = held.content();
                headers.put(
                    uid,
                    text.substring(0, text.indexOf("\r\n\r\n") + 4)
                        .getBytes(StandardCharsets.UTF_8));
              });
    }
    return headers;
  }

  @Override
  public Map<Long, ContentSource> contents(List<MailFacts> small) {
    beforeContents.run();
    Map<Long, ContentSource> contents = new LinkedHashMap<>();
    small.stream()
        .flatMap(
            facts ->
                Stream.ofNullable(messages.get(facts.uid()))
                    .map(held -> Map.entry(facts.uid(), held.bytes())))
        .forEach(
            each -> contents.put(each.getKey(), () -> new ByteArrayInputStream(each.getValue())));
    return contents;
  }

  @Override
  public InputStream stream(MailFacts message) throws IOException {
    Held held = messages.get(message.uid());
    if (held == null) {
      throw new IOException("gone");
    }
    return new ByteArrayInputStream(held.bytes());
  }

  @Override
  public boolean isAlive() {
    return isAlive;
  }

  @Override
  public void perform(AfterAction action, List<LedgerEntry> entries) {
    commands.add(action + " " + entries.stream().map(LedgerEntry::uid).toList());
    if (refusesActions) {
      throw new MailException.Refused("fake", action.toString(), null);
    }
    for (LedgerEntry entry : entries) {
      switch (action.kind()) {
        case MOVE, DELETE -> messages.remove(entry.uid());
        case SEEN ->
            Optional.ofNullable(messages.get(entry.uid()))
                .ifPresent(held -> held.flags().add("\\Seen"));
        default -> {}
      }
    }
  }
}
