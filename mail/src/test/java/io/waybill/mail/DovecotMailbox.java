package io.waybill.mail;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** One user's mailbox, as it is filled and looked at past every protocol. */
public final class DovecotMailbox {
  private final Dovecot dovecot;
  private final String user;
  private final Path maildir;

  private DovecotMailbox(Dovecot dovecot, String user, Path mail) {
    this.dovecot = dovecot;
    this.user = user;
    this.maildir = mail.resolve(user).resolve("Maildir");
  }

  /** Makes the mailbox of a user who has none yet. */
  static DovecotMailbox make(Dovecot dovecot, String user, Path mail) {
    String unused = dovecot.doveadm("mailbox", "status", "-u", user, "messages", "INBOX");
    return new DovecotMailbox(dovecot, user, mail);
  }

  /** Returns a small message. */
  public static String message(String subject, String... headers) {
    return """
        Message-ID: <%s@example.org>
        From: Ada <ada@example.org>
        To: you@waybill.test
        Subject: %s
        %s
        text of it
        """
        .formatted(
            UUID.randomUUID(),
            subject,
            Stream.of(headers).map(h -> h + "\n").reduce("", String::concat))
        .replace("\n", "\r\n");
  }

  /** Returns who it belongs to. */
  public String user() {
    return user;
  }

  /** Makes a folder. */
  public void create(String folder) {
    mailbox("create", folder);
  }

  /** Deletes a folder with what is in it. */
  public void delete(String folder) {
    mailbox("delete", folder);
  }

  private void mailbox(String verb, String folder) {
    String unused = dovecot.doveadm("mailbox", verb, "-u", user, folder);
  }

  /** Adds a message to a folder. */
  public void save(String folder, String message) {
    String unused = dovecot.doveadmReading(message, "save", "-u", user, "-m", folder);
  }

  /** Puts a message into INBOX as a delivery agent does, which needs no server. */
  public void deliver(String message, Instant at) throws IOException {
    String name = at.getEpochSecond() + "." + UUID.randomUUID() + ".test";
    Path written = Files.writeString(maildir.resolve("tmp").resolve(name), message, UTF_8);
    Files.setLastModifiedTime(written, FileTime.from(at));
    PosixFileAttributeView owned = view(written);
    PosixFileAttributeView like = view(maildir);
    owned.setOwner(like.getOwner());
    owned.setGroup(like.readAttributes().group());
    Path unused = Files.move(written, maildir.resolve("new").resolve(name));
  }

  private static PosixFileAttributeView view(Path file) {
    return Files.getFileAttributeView(file, PosixFileAttributeView.class);
  }

  /** Returns the subjects of the messages in a folder, in order. */
  public List<String> subjects(String folder) {
    return fetch("hdr.subject", folder, "all");
  }

  /** Returns the flags of the messages with this in their subject. */
  public String flags(String folder, String subject) {
    return String.join(" | ", fetch("flags", folder, "subject", subject));
  }

  private List<String> fetch(String field, String folder, String... query) {
    String[] words =
        Stream.concat(
                Stream.of("-f", "tab", "fetch", "-u", user, field, "mailbox", folder),
                Stream.of(query))
            .toArray(String[]::new);
    return dovecot.doveadm(words).lines().skip(1).toList(); // the first names the columns
  }

  /** Marks the messages with this in their subject. */
  public void mark(String folder, String subject, String flag) {
    String unused =
        dovecot.doveadm("flags", "add", "-u", user, flag, "mailbox", folder, "subject", subject);
  }

  /** Has INBOX forget the UIDs that it gave, as where a mailbox is restored from its mails only. */
  public void forgetUids() throws IOException {
    try (Stream<Path> files = Files.list(maildir)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        // dovecot-uidvalidity stays: it is what makes the next one another
        if (name.equals("dovecot-uidlist") || name.startsWith("dovecot.index")) {
          Files.delete(file);
        }
      }
    }
  }

  /** Returns the sessions that are logged in to it. */
  public List<String> sessions() {
    return dovecot.doveadm("-f", "tab", "who", "-1", user).lines().skip(1).toList();
  }

  /** Ends the sessions that are logged in to it, as where a server crashes. */
  public void killSessions() {
    for (String each : sessions()) {
      Dovecot.signal("KILL", each.split("\t", -1)[2]);
    }
  }
}
