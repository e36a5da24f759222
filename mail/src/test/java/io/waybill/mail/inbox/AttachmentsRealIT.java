package io.waybill.mail.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.Attachment;
import io.waybill.mail.DovecotMailbox;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.ledger.LedgerDatabase;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.Leaks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Saves attachments that came through real servers, by the names that senders gave them. */
@Timeout(120)
class AttachmentsRealIT {
  private static final long MOST = 40_000_000;

  /** One for each mail. */
  private static final List<String> NAMES =
      List.of(
          "../../etc/passwd",
          "..\\..\\x",
          "/etc/cron.d/x",
          "C:\\Windows\\win.ini",
          "CON",
          "lpt1.txt",
          "",
          ".",
          "..",
          ".bashrc",
          "-rf",
          "trailing. . ",
          "a\0b.txt",
          "a\r\nb: c.txt",
          "\u001b[31mred\u0007.txt",
          "invoice\u202Efdp.exe",
          "\u200B\u2066\u2069",
          "x".repeat(300) + ".pdf",
          "é😀".repeat(150),
          "waiting.pdf",
          "WAITING.pdf",
          "dangling.txt");

  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir Path parent;

  private final DovecotMailbox mailbox = SERVERS.newMailbox();
  private final List<Path> saved = new ArrayList<>();

  private PollReport saveAll(Path directory) throws IOException {
    AttachmentFiles files = AttachmentFiles.in(directory, MOST);
    try (MailboxReader reader =
        MailboxReader.connect(SERVERS.imaps().user(mailbox.user()).build())) {
      return reader.poll(
          PollSpec.builder().from(StartFrom.ALL).build(),
          new LedgerDatabase().of("node/1"),
          (mail, ack) -> saved.addAll(files.save(mail.mail(), false)));
    }
  }

  private static String named(String name) {
    StringBuilder encoded = new StringBuilder("; filename*=UTF-8''");
    for (byte each : name.getBytes(UTF_8)) {
      encoded.append('%').append(HexFormat.of().toHexDigits(each));
    }
    return encoded.toString();
  }

  /** With the same file attached twice. */
  private static String mail(String name) {
    String part =
        "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment"
            + named(name)
            + "\r\n\r\nhostile\r\n";
    return DovecotMailbox.message(
            "hostile", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b")
        + part
        + part
        + "--b--\r\n";
  }

  @Test
  void noNameLeadsOutOfTheDirectory() throws Exception {
    Path inbox = Files.createDirectory(parent.resolve("inbox"));
    Path victim = Files.writeString(parent.resolve("victim"), "as it was");
    Files.createSymbolicLink(inbox.resolve("waiting.pdf"), victim);
    Files.createSymbolicLink(inbox.resolve("dangling.txt"), parent.resolve("made"));
    for (String name : NAMES) {
      mailbox.deliver(mail(name), Instant.now());
    }
    assertThat(saveAll(inbox).handled()).isEqualTo(NAMES.size());

    assertThat(saved)
        .hasSize(2 * NAMES.size())
        .doesNotHaveDuplicates()
        .allSatisfy(
            file -> {
              assertThat(file.getParent()).isEqualTo(inbox.toRealPath());
              assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
              assertThat(file).hasContent("hostile");
              String name = file.getFileName().toString();
              assertThat(name.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(255);
              assertThat(name)
                  .doesNotStartWith(".")
                  .doesNotContainPattern("[\\p{Cntrl}\\p{Cf}/\\\\]")
                  .doesNotMatch("(?i)(con|lpt1)(\\..*)?");
            });
    try (Stream<Path> inParent = Files.list(parent);
        Stream<Path> inInbox = Files.list(inbox)) {
      assertThat(inParent).containsExactlyInAnyOrder(inbox, victim);
      assertThat(inInbox).hasSize(2 * NAMES.size() + 2);
    }
    assertThat(victim).hasContent("as it was");
  }

  @Test
  void thirtyMegabytesBecomeAFileWhole() throws Exception {
    Path large = parent.resolve("large.bin");
    String digest = random(large, 30_000_000);
    try (MailSender sender = SmtpSender.connect(SERVERS.submission().build())) {
      sender.send(
          Message.builder()
              .from("u1@waybill.test")
              .to(mailbox.user() + "@waybill.test")
              .subject("large")
              .text("x")
              .attach(Attachment.of(large))
              .build());
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !mailbox.subjects("INBOX").isEmpty());
    assertThat(saveAll(Files.createDirectory(parent.resolve("inbox"))).handled()).isEqualTo(1);
    assertThat(saved).hasSize(1);
    assertThat(saved.get(0)).hasFileName("large.bin").hasSize(30_000_000);
    assertThat(digest(saved.get(0))).isEqualTo(digest);
  }

  private static String random(Path file, int bytes) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    Random random = new Random(9);
    byte[] piece = new byte[100_000];
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
      for (int i = 0; i < bytes / piece.length; i++) {
        random.nextBytes(piece);
        out.write(piece);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String digest(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
