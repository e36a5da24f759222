package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.Address;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads a message and everything of it, and holds it to what is said of any message. */
final class WholeMail {
  private final ParsedMail mail;
  private final MimeLimits limits;

  private WholeMail(ParsedMail mail, MimeLimits limits) {
    this.mail = mail;
    this.limits = limits;
  }

  static void read(byte[] bytes, MimeLimits limits) throws IOException {
    try (ParsedMail mail = MimeReader.read(new ByteArrayInputStream(bytes), limits)) {
      assertThat(mail.sizeBytes())
          .isLessThanOrEqualTo(Math.min(bytes.length, limits.messageBytes()));
      WholeMail whole = new WholeMail(mail, limits);
      whole.headers();
      whole.addresses();
      whole.texts();
      whole.structure();
      whole.attachments();
      whole.report();
      assertThat(mail.defects()).doesNotHaveDuplicates();
      mail.isAutomatic();
    }
  }

  private void headers() {
    assertThat(mail.headers()).hasSizeLessThanOrEqualTo(limits.headers());
    long bytes = 0;
    for (ReceivedHeader header : mail.headers()) {
      bytes += header.name().length() + header.raw().length();
      assertThat(header.name()).matches("[!-9;-~]+");
      assertThat(header.value()).doesNotContain("\r", "\n");
      assertThat(header.raw()).doesNotContain("\r", "\n");
    }
    assertThat(bytes).isLessThanOrEqualTo(limits.headerBytes());
    assertThat(mail.header("Subject").orElse("")).isEqualTo(mail.subject());
    assertThat(mail.messageId()).isNotEqualTo(Optional.of(""));
    mail.date().ifPresent(date -> assertThat(date.toString()).isNotEmpty());
  }

  private void addresses() {
    for (List<Address> list : List.of(mail.from(), mail.to(), mail.cc(), mail.replyTo())) {
      for (Address address : list) {
        Address again = Address.of(address.displayName().orElse(null), address.address());
        assertThat(again.toString()).isEqualTo(address.toString());
      }
    }
  }

  private void texts() {
    Stream.of(mail.text(), mail.html(), mail.calendar())
        .flatMap(Optional::stream)
        // a quoted line that is empty grows where it is not wrapped any more
        .forEach(text -> assertThat(text.length()).isLessThanOrEqualTo(4 * limits.textBytes()));
  }

  private void structure() {
    assertThat(depth(mail.structure())).isLessThanOrEqualTo(limits.depth());
    // what is in a multipart without parts stands as one below it
    assertThat(count(mail.structure())).isLessThanOrEqualTo(2 * limits.parts());
  }

  private static int depth(ReceivedPart part) {
    return part.children().stream().mapToInt(child -> 1 + depth(child)).max().orElse(0);
  }

  private static int count(ReceivedPart part) {
    return 1 + part.children().stream().mapToInt(WholeMail::count).sum();
  }

  private void attachments() throws IOException {
    assertThat(mail.attachments()).hasSizeLessThanOrEqualTo(limits.parts());
    Set<String> names = new HashSet<>();
    long bytes = 0;
    for (ReceivedAttachment attachment : mail.attachments()) {
      assertSafe(attachment.name());
      assertThat(names.add(folded(attachment.name()))).as(attachment.name()).isTrue();
      assertThat(attachment.sha256()).startsWith("sha-256:");
      try (InputStream in = attachment.open()) {
        assertThat(in.transferTo(OutputStream.nullOutputStream()))
            .isEqualTo(attachment.sizeBytes());
      }
      bytes += attachment.sizeBytes();
    }
    // line ends become two bytes where they were one
    assertThat(bytes).isLessThanOrEqualTo(2 * mail.sizeBytes());
    assertThat(mail.attachments()).containsAll(mail.inlineParts());
  }

  private static void assertSafe(String name) {
    assertThat(name).isNotEmpty().isNotEqualTo(".").isNotEqualTo("..");
    assertThat(name).doesNotStartWith(".").doesNotEndWith(".").doesNotEndWith(" ");
    assertThat(name.getBytes(UTF_8).length).isLessThanOrEqualTo(200);
    assertThat(name.codePoints()).noneMatch(c -> "/\\<>:\"|?*".indexOf(c) >= 0);
    assertThat(name.codePoints().map(Character::getType))
        .doesNotContain((int) Character.CONTROL, (int) Character.FORMAT)
        .doesNotContain((int) Character.SURROGATE);
  }

  /** As the file systems that hold the most for equal. */
  private static String folded(String name) {
    String composed = Normalizer.normalize(name, Normalizer.Form.NFC);
    return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private void report() {
    mail.deliveryReport()
        .ifPresent(
            report -> {
              assertThat(report.recipients()).hasSizeLessThanOrEqualTo(10_001);
              report.recipients().forEach(each -> assertThat(each.kind()).isNotNull());
              assertThat(report.toString()).isNotEmpty();
              assertThat(mail.isAutomatic()).isTrue();
            });
  }
}
