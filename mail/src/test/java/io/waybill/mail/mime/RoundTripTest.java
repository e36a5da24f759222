package io.waybill.mail.mime;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.Message;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is composed is what is read, whatever stands in it. */
class RoundTripTest {
  private static final String[] SCRIPTS = {
    "abcXYZ 019 .,;:!?()[]<>@\"'\\/=_-+*#%&",
    "äöüßéèñçøåÆŒ",
    "Здравствуй",
    "日本語テキスト漢字",
    "עברית العربية",
    "👋🏽👨‍👩‍👧‍👦🇪🇺",
    "a\u0301e\u0308"
  };

  static List<Integer> seeds() {
    return IntStream.range(0, 300).boxed().toList();
  }

  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(most);
    while (text.length() < length) {
      int[] script = SCRIPTS[random.nextInt(SCRIPTS.length)].codePoints().toArray();
      int run = 1 + random.nextInt(12);
      for (int i = 0; i < run; i++) {
        text.appendCodePoint(script[random.nextInt(script.length)]);
      }
    }
    return text.toString();
  }

  /** What is folded and unfolded may not begin or end with blanks, or have two in a row. */
  private static String line(Random random, int most) {
    String line = text(random, most).replaceAll(" +", " ").strip();
    return line.isEmpty() ? "x" : line;
  }

  private static String body(Random random) {
    StringBuilder body = new StringBuilder();
    for (int i = random.nextInt(20); i >= 0; i--) {
      body.append(random.nextInt(6) == 0 ? "" : text(random, random.nextInt(9) == 0 ? 3000 : 90));
      body.append("\r\n");
    }
    return body.toString();
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(20_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsComposedIsRead(int seed) throws IOException {
    Random random = new Random(seed);
    String subject = line(random, 200);
    String name = line(random, 60).replaceAll("[\u200D\"\\\\<>@,;:()\\[\\]]", "x");
    String text = body(random);
    boolean hasHtml = random.nextBoolean();
    String html = "<p>" + text(random, 500) + "</p>\r\n";
    List<byte[]> contents = new ArrayList<>();
    Message.Builder message =
        Message.builder()
            .from(Address.of(name, "a@example.org"))
            .to("b@example.net")
            .subject(subject)
            .header("X-Line", subject)
            .text(text);
    if (hasHtml) {
      message.html(html);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] content = bytes(random);
      contents.add(content);
      message.attach(Attachment.of("n" + contents.size() + ".bin", content));
    }
    try (PreparedMessage prepared = PreparedMessage.of(message.build(), Clock.systemUTC());
        InputStream in = prepared.open();
        ParsedMail read = MimeReader.read(in, MimeLimits.defaults())) {
      assertThat(read.defects()).isEmpty();
      assertThat(read.subject()).isEqualTo(subject);
      assertThat(read.header("X-Line")).contains(subject);
      assertThat(read.from()).containsExactly(Address.of(name, "a@example.org"));
      assertThat(read.text()).contains(text);
      assertThat(read.html()).isEqualTo(hasHtml ? Optional.of(html) : Optional.empty());
      assertThat(read.attachments()).hasSize(contents.size());
      for (int i = 0; i < contents.size(); i++) {
        try (InputStream attached = read.attachments().get(i).open()) {
          assertThat(attached.readAllBytes()).isEqualTo(contents.get(i));
        }
      }
    }
  }
}
