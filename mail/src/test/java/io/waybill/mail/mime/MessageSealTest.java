package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.Attachment;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.MessageSeal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seals see whole messages in order, and no temporary file outlives its message. */
class MessageSealTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T09:08:07Z"), ZoneOffset.UTC);

  private static MessagePreparer.Builder preparer() {
    return MessagePreparer.builder().clock(CLOCK).random(new Random(1));
  }

  private static Message.Builder message() {
    return Message.builder().from("ops@example.org").to("you@example.net");
  }

  private static String text(PreparedMessage prepared) throws IOException {
    try (InputStream in = prepared.open()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void refusesMessagesLargerThanAllowedAndLeavesNoFile() throws IOException {
    Set<String> before = temporaryFiles();
    Message large = message().attach(Attachment.of("a.bin", new byte[3_000_000])).build();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> preparer().maxSizeBytes(2_000_000).build().prepare(large))
        .withMessageStartingWith("message is larger than 2000000 bytes");
    preparer().maxSizeBytes(5_000_000).build().prepare(large).close();
    assertThat(temporaryFiles()).isEqualTo(before);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // an open file keeps its name there
  void temporaryFilesHaveNoNameByWhichOthersCouldOpenThem() throws IOException {
    Set<String> before = temporaryFiles();
    Message large = message().attach(Attachment.of("a.bin", new byte[2_000_000])).build();
    try (PreparedMessage prepared = preparer().build().prepare(large)) {
      assertThat(prepared.isFile()).isTrue();
      assertThat(temporaryFiles()).isEqualTo(before);
    }
  }

  private static Set<String> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .map(Path::toString)
          .filter(name -> name.contains("waybill-mail-") && name.endsWith(".spool"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** Puts a line in front, and so shows who saw what. */
  private static MessageSeal seal(String line) {
    return (message, out) -> {
      out.write((line + "\r\n").getBytes(UTF_8));
      try (InputStream in = message.open()) {
        in.transferTo(out);
      }
      out.close(); // some do; the preparer still has work to do
    };
  }

  @Test
  void sealsAreAppliedInOrderAndTheResultIsWhatIsDigested() throws IOException {
    Message message = message().messageId("<1@example.org>").text("x").build();
    MessagePreparer preparer = preparer().seals(List.of(seal("X-A: 1"), seal("X-B: 2"))).build();
    try (PreparedMessage plain = preparer().build().prepare(message);
        PreparedMessage sealed = preparer.prepare(message)) {
      assertThat(text(sealed)).isEqualTo("X-B: 2\r\nX-A: 1\r\n" + text(plain));
      assertThat(sealed.sizeBytes()).isEqualTo(text(sealed).length());
      assertThat(sealed.sha256()).isNotEqualTo(plain.sha256());
      assertThat(sealed.messageId()).isEqualTo("<1@example.org>");
    }
  }

  @Test
  void largeMessagesAreSealedFromFileToFile() throws IOException {
    Set<String> before = temporaryFiles();
    Message large = message().attach(Attachment.of("a.bin", new byte[2_000_000])).build();
    MessagePreparer preparer = preparer().seals(List.of(seal("X-A: 1"), seal("X-B: 2"))).build();
    try (PreparedMessage sealed = preparer.prepare(large)) {
      assertThat(sealed.isFile()).isTrue();
    }
    assertThat(temporaryFiles()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-A: 1\n", "X-A: 1\r", "X-A: \0", "long"})
  void aSealThatWritesNoMessageIsRefusedAndLeavesNoFile(String what) throws IOException {
    Set<String> before = temporaryFiles();
    String line = what.equals("long") ? "X-A: " + "1".repeat(1000) : what;
    Message large = message().attach(Attachment.of("a.bin", new byte[2_000_000])).build();
    MessagePreparer preparer = preparer().seals(List.of(seal("X-A: 1"), seal(line))).build();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> preparer.prepare(large))
        .withMessageStartingWith("line 1 ");
    assertThat(temporaryFiles()).isEqualTo(before);
  }

  @Test
  void aSealThatFailsLeavesNoFile() throws IOException {
    Set<String> before = temporaryFiles();
    MessageSeal failing =
        (message, out) -> {
          out.write(new byte[] {'X', ':', '\r', '\n'});
          throw new IOException("no key");
        };
    Message large = message().attach(Attachment.of("a.bin", new byte[2_000_000])).build();
    MessagePreparer preparer = preparer().seals(List.of(failing)).build();
    assertThatExceptionOfType(MailException.ContentUnavailable.class)
        .isThrownBy(() -> preparer.prepare(large))
        .withMessage("message cannot be sealed: no key");
    assertThat(temporaryFiles()).isEqualTo(before);
  }
}
