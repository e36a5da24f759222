package io.waybill.mail.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateFilesTest {
  @TempDir private Path directory;

  @Test
  void takesBothHalvesOfATemplateWhicheverIsNamed() throws IOException {
    Path html = write("a.HTML", "<p>{{n}} html");
    Path text = write("a.txt", "{{n}} text");
    assertThat(MailTemplate.load(html).render(Map.of("n", 1)).text()).isEqualTo("1 text");
    write("b.htm", "<p>html");
    Path other = write("b.txt", "text");
    assertThat(MailTemplate.load(other).render(Map.of()).html()).hasValue("<p>html");
    assertThat(MailTemplate.builder().text(text).build().render(Map.of("n", 1)).html()).isEmpty();
    assertThat(MailTemplate.builder().html(html).build().render(Map.of("n", 1)).text())
        .isEqualTo("1 html");
  }

  @Test
  void readsFilesOnce() throws IOException {
    Path html = write("a.html", "<p>old");
    MailTemplate template = MailTemplate.load(html);
    write("a.html", "<p>new");
    assertThat(template.render(Map.of()).text()).isEqualTo("old");
    assertThat(template.toBuilder().subject("s").build().render(Map.of()).text()).isEqualTo("old");
  }

  @Test
  void namesFileAndLineOfWhatIsWrong() throws IOException {
    Path file = write("a.html", "<p>\n{{name}}</p>");
    MailTemplate template = MailTemplate.load(file);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> template.render(Map.of()))
        .withMessage(
            "template %s line 2 needs 'name', which the data does not have".formatted(file));
  }

  @Test
  void refusesFilesOfOtherKinds() throws IOException {
    Path file = write("a.md", "x");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.load(file))
        .withMessageContaining("a.md is of no known kind: the name must end in .html");
    Path folder = Files.createDirectory(directory.resolve("dir.html"));
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.load(folder))
        .withMessageEndingWith("is not a regular file");
    assertThatExceptionOfType(MailException.ContentUnavailable.class)
        .isThrownBy(() -> MailTemplate.load(directory.resolve("gone.html")))
        .withMessageContaining("gone.html")
        .withMessageEndingWith("no such file");
  }

  @Test
  void refusesFilesThatAreTooLarge() throws IOException {
    Path fits = write("a.txt", "x".repeat(TemplateSource.MAX_BYTES));
    assertThat(MailTemplate.load(fits).render(Map.of()).text()).hasSize(TemplateSource.MAX_BYTES);
    Path large = write("b.txt", "x".repeat(TemplateSource.MAX_BYTES + 1));
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.load(large))
        .withMessageEndingWith("is larger than 1048576 bytes");
  }

  @Test
  void namesTheLineThatIsNotUtf8() throws IOException {
    Path file = directory.resolve("a.txt");
    Files.write(file, new byte[] {'a', '\n', 'b', '\n', (byte) 0xfc, '\n'});
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.load(file))
        .withMessageEndingWith("a.txt line 3 is not UTF-8: save the file in that encoding");
    Files.write(file, new byte[] {'a', (byte) 0xc3});
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.load(file))
        .withMessageContaining("line 1 is not UTF-8");
  }

  @Test
  void skipsAByteOrderMark() throws IOException {
    assertThat(MailTemplate.load(write("a.txt", "\ufeffx")).render(Map.of()).text()).isEqualTo("x");
  }

  @Test
  void includesPartialsOfTheSameKind() throws IOException {
    Files.createDirectory(directory.resolve("parts"));
    write("a.html", "<p>{{> parts/sign}}</p>{{#list}}{{> parts/item-1}}{{/list}}");
    write("a.txt", "x\n  {{> parts/sign}}\ny");
    write("parts/sign.html", "<b>{{by}}</b>");
    write("parts/item-1.html", "[{{.}}{{> parts/sign}}]");
    write("parts/sign.txt", "--\n{{by}}\n");
    RenderedMail mail =
        MailTemplate.load(directory.resolve("a.txt"))
            .render(Map.of("by", "A & B", "list", List.of(1, 2)));
    assertThat(mail.html())
        .hasValue("<p><b>A &amp; B</b></p>[1<b>A &amp; B</b>][2<b>A &amp; B</b>]");
    assertThat(mail.text()).isEqualTo("x\n  --\n  A & B\ny");
  }

  @Test
  void namesFileAndLineOfWhatIsWrongInAPartial() throws IOException {
    Path file = write("a.html", "\n{{> sign}}");
    write("sign.html", "<b>\n\n{{by}}</b>");
    MailTemplate template = MailTemplate.load(file);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> template.render(Map.of()))
        .withMessage("template sign.html line 3 needs 'by', which the data does not have");
    write("sign.html", "\n{{#by}}");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.load(file))
        .withMessage("template sign.html line 2 opens the section 'by', which nothing closes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "../secret   | 'names a path with ''..'': only those below the base directory may be'",
        "/etc/passwd | names an absolute path: only those below the base directory may be",
        "..\\secret  | names a path with a backslash, a colon or a control character",
        "out         | leads out of the base directory",
        "gone        | names a file that is not below the base directory",
        "a           | includes itself",
        "b           | includes itself",
      })
  void refusesPartialsElsewhere(String name, String why) throws IOException {
    Path below = Files.createDirectory(directory.resolve("below"));
    write("secret.html", "planted");
    Files.createSymbolicLink(below.resolve("out.html"), directory.resolve("secret.html"));
    Path file = write("below/a.html", "\n{{> " + name + " }}");
    write("below/b.html", "{{> a}}");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.builder().html(file).build())
        .withMessageStartingWith("template ")
        .withMessageContaining("includes the partial '")
        .withMessageEndingWith("', which " + why)
        .withMessageNotContaining("planted");
  }

  @Test
  void refusesPartialsThatNestTooDeep() throws IOException {
    for (int i = 0; i < 10; i++) {
      write("p" + i + ".html", "{{> p" + (i + 1) + "}}");
    }
    write("p10.html", "x");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.load(directory.resolve("p0.html")))
        .withMessageContaining("at most 32 files, 8 deep");
    assertThat(MailTemplate.load(directory.resolve("p2.html")).render(Map.of()).text())
        .isEqualTo("x");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
