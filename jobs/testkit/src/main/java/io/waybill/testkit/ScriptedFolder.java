package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A folder of a {@link ScriptedImapServer}; may be changed at any time, from any thread. */
public final class ScriptedFolder {
  private final String name;
  private final List<Message> messages = new ArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private long uidValidity;
  private long uidNext = 1;
  private long modSeq = 1;
  private boolean saysUidNext = true;

  ScriptedFolder(String name, long uidValidity) {
    this.name = name;
    this.uidValidity = uidValidity;
  }

  /** A message; its flags may change. */
  static final class Message {
    final long uid;
    final byte[] content;
    final Instant receivedAt;
    final Set<String> flags = new LinkedHashSet<>();
    @Nullable String structure;
    long modSeq;
    long lie;

    Message(long uid, byte[] content, Instant receivedAt) {
      this.uid = uid;
      this.content = content;
      this.receivedAt = receivedAt;
    }
  }

  /** Returns its name. */
  public String name() {
    return name;
  }

  /** Puts a message of these lines into it and returns its UID; whoever idles is told. */
  public long add(String... lines) {
    return add((String.join("\r\n", lines) + "\r\n").getBytes(UTF_8));
  }

  /** Puts a message of these bytes into it and returns its UID; whoever idles is told. */
  public long add(byte[] content) {
    return add(content, Instant.now(), List.of());
  }

  /** Puts a message that came at another time into it. */
  public long add(byte[] content, Instant receivedAt, Collection<String> flags) {
    long uid;
    synchronized (this) {
      uid = uidNext++;
      Message message = new Message(uid, content.clone(), receivedAt);
      message.flags.addAll(flags);
      message.modSeq = ++modSeq;
      messages.add(message);
    }
    listeners.forEach(Runnable::run);
    return uid;
  }

  /** Removes a message; whoever has the folder open is told. */
  public void expunge(long uid) {
    synchronized (this) {
      messages.removeIf(each -> each.uid == uid);
    }
    listeners.forEach(Runnable::run);
  }

  /** Says so of a message's parts (BODYSTRUCTURE), true or not. */
  public synchronized void structure(long uid, String said) {
    find(uid).orElseThrow().structure = said;
  }

  /** Says that a message has so many bytes more, or fewer, than it has. */
  public synchronized void lieAboutSize(long uid, long bytes) {
    find(uid).orElseThrow().lie = bytes;
  }

  /** Gives all messages new UIDs from here on under another UIDVALIDITY; 0 is never said. */
  public void recreate(long newUidValidity, long firstUid) {
    synchronized (this) {
      List<Message> before = List.copyOf(messages);
      messages.clear();
      uidValidity = newUidValidity;
      uidNext = firstUid;
      for (Message each : before) {
        Message again = new Message(uidNext++, each.content, each.receivedAt);
        again.flags.addAll(each.flags);
        again.modSeq = ++modSeq;
        messages.add(again);
      }
    }
  }

  /** Says no UIDNEXT when it is opened. */
  public synchronized void withholdUidNext() {
    saysUidNext = false;
  }

  /** Leaves a gap before the next UID. */
  public synchronized void skipUids(long count) {
    uidNext += count;
  }

  /** Returns the UIDs of what is in it. */
  public synchronized List<Long> uids() {
    return messages.stream().map(each -> each.uid).toList();
  }

  /** Returns the flags of a message. */
  public synchronized Set<String> flags(long uid) {
    return Set.copyOf(find(uid).orElseThrow().flags);
  }

  /** Marks a message, as somebody else does. */
  public synchronized void mark(long uid, String flag) {
    mark(find(uid).orElseThrow(), List.of(flag), true);
  }

  synchronized void mark(Message message, List<String> flags, boolean on) {
    if (on) {
      message.flags.addAll(flags);
    } else {
      flags.forEach(message.flags::remove);
    }
    message.modSeq = ++modSeq;
  }

  /** Returns the content of a message, a character for each byte. */
  public synchronized String content(long uid) {
    return new String(find(uid).orElseThrow().content, ISO_8859_1);
  }

  synchronized Optional<Message> find(long uid) {
    return messages.stream().filter(each -> each.uid == uid).findFirst();
  }

  synchronized List<Message> messages() {
    return List.copyOf(messages);
  }

  synchronized long uidValidity() {
    return uidValidity;
  }

  synchronized long modSeq() {
    return modSeq;
  }

  synchronized long uidNext() {
    return saysUidNext ? uidNext : 0;
  }

  void listen(Runnable listener) {
    listeners.add(listener);
  }

  void forget(Runnable listener) {
    listeners.remove(listener);
  }
}
