package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.config.JobFileMutation.Source;
import io.waybill.jobs.step.StepTypes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Job files in one form. */
class JobFileFormatTest {
  private static final KeyRegistry REGISTRY = KeyRegistry.of(StepTypes.all());

  private static String formatted(String text) {
    return formatted(text, REGISTRY);
  }

  private static String formatted(String text, KeyRegistry registry) {
    return JobFileFormat.of(new SourceText("x.yml", text), registry);
  }

  static List<JobFileExample> examples() {
    return JobFileExample.all();
  }

  @Test
  void keysAreInTheOrderOfTheReferenceAndCommentsStayWithThem() {
    assertThat(
            formatted(
                """
                # yaml-language-server: $schema=waybill.schema.json

                jobs:
                    # the one job
                    a:     # beside it
                        steps:
                        -   copy:   {to: /b,   from: /a}    # a step
                            id:  one
                            retry:
                                delay: 1s
                                attempts: 2   # in all
                            # the end of the steps
                        schedule: { cron: "0 2 * * *" }
                timezone: UTC
                version: 1
                # the end
                """))
        .isEqualTo(
            """
            # yaml-language-server: $schema=waybill.schema.json

            version: 1
            timezone: UTC

            jobs:
              # the one job
              a:       # beside it
                schedule: { cron: "0 2 * * *" }
                steps:
                  - id: one
                    copy: { from: /a, to: /b }          # a step
                    retry:
                      attempts: 2         # in all
                      delay: 1s
                    # the end of the steps

            # the end
            """);
  }

  @Test
  void blankLinesKeepCommentsApartAndLinesEndAsTheyDid() {
    String text =
        """
        # one

        # two
        # three

        version: 1
        timezone: UTC

        # four

        # five
        """;

    assertThat(formatted(text)).isEqualTo(text);
    assertThat(formatted(text.replace("# two", "\n# two"))).isEqualTo(text);
    String dos = text.replace("\n", "\r\n");
    assertThat(formatted(dos)).isEqualTo(dos);
    String block = "version: 1\r\ntimezone: UTC\r\n\r\nvars:\r\n  a: |\r\n    b\r\n    c\r\n";
    assertThat(formatted(block)).isEqualTo(block);
  }

  @Test
  void blankLinesStayWhereTheyAreAmongComments() {
    String text =
        """
        version: 1
        timezone: UTC

        # about vars

        # more about vars
        vars: { a: b }
        # about limits

        limits: { a: 1 }

        jobs:
          j:
            steps:
              # one

              # two
              - list: { from: /a }
                # three

                # four

                timeout: 5s

                # five

                # six
          k:
            steps: { list: { from: /b } }
        """;

    // a block at the margin has a blank line before it and its comments
    assertThat(formatted(text)).isEqualTo(text);
    assertThat(formatted(text.replace("\n\n", "\n\n\n"))).isEqualTo(text);
  }

  @Test
  void aBlankLineBeforeAnElementIsNotOneWithinIt() {
    assertThat(
            formatted(
                """
                version: 1
                timezone: UTC

                jobs:
                  j:
                    steps:
                      - list: { from: /a }

                      # b
                      - timeout: 5s
                        id: b
                        list: { from: /b }
                """))
        .endsWith(
            """
                  - list: { from: /a }

                  # b
                  - id: b
                    list: { from: /b }
                    timeout: 5s
            """);
  }

  @Test
  void namesKeepTheirOrderAndValuesTheirForm() {
    String text =
        """
        version: 1
        timezone: 'UTC'

        vars:
          z: "1"
          a: 'it''s'

          b: |
            one
             two

            three
          c: plain text
            that goes on
          d: !!str 1
        """;

    assertThat(formatted(text)).isEqualTo(text);
  }

  @Test
  void aMappingWithCommentsInItOrTooWideIsWrittenOnLines() {
    assertThat(
            formatted(
                """
                version: 1
                timezone: UTC
                vars: {
                  a: 1,    # one
                  b: 2
                }
                limits: {
                  l: 1,
                  m: 2 }
                """))
        .isEqualTo(
            """
            version: 1
            timezone: UTC

            vars:
              a: 1     # one
              b: 2
            limits: { l: 1, m: 2 }
            """);
  }

  @Test
  void whatCannotBeArrangedIsLeftAsItIs() {
    for (String text :
        List.of(
            "version: 1\nvars: &v { a: b }\n",
            "version: 1\nvars: { a: &v b, c: *v }\n",
            "--- \nversion: 1\n",
            "%YAML 1.2\n---\nversion: 1\n")) {
      assertThatExceptionOfType(JobException.Configuration.class)
          .as(text)
          .isThrownBy(() -> formatted(text))
          .withMessageContaining("the file is left as it is");
    }
  }

  @Test
  void aFileThatIsNoYamlIsRefusedWithItsPlace() {
    assertThatExceptionOfType(InvalidJobFile.class)
        .isThrownBy(() -> formatted("version: 1\n\tx: 1\n"))
        .withMessageContaining("x.yml:2:1: error: a tab stands here");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleKeepsItsMeaningAndItsComments(JobFileExample example) {
    String once = formatted(example.text(), example.registry());

    assertThat(formatted(once, example.registry())).isEqualTo(once);
    assertSame(example, example.text(), once);
  }

  @Test
  void shuffledExamplesComeToTheSameForm() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      JobFileExample example = examples().get(random.nextInt(examples().size()));
      String once = formatted(example.text(), example.registry());
      SourceText source = new SourceText(example.name(), once);
      YamlNode root = YamlTreeReader.read(source, new Problems()).orElseThrow();
      String shuffled = shuffled(once, new Source(once, root, example.registry().top()), random);

      String again = formatted(shuffled, example.registry());
      assertThat(formatted(again, example.registry())).as("seed %d", seed).isEqualTo(again);
      assertSame(example, once, again);
    }
  }

  /** Swaps two neighbours in a mapping on one line. */
  private static String shuffled(String text, Source source, Random random) {
    List<KeySite> sites =
        new ArrayList<>(source.sites(each -> each.isInFlow() && each.owner().entries().size() > 1));
    if (sites.isEmpty()) {
      return text;
    }
    Collections.shuffle(sites, random);
    List<YamlNode.Entry> entries = sites.get(0).owner().entries();
    int first = random.nextInt(entries.size() - 1);
    YamlNode.Entry one = entries.get(first);
    YamlNode.Entry two = entries.get(first + 1);
    int start = one.key().origin().start();
    int middle = two.key().origin().start();
    int end = KeySite.end(two.value());
    String oneText = text.substring(start, KeySite.end(one.value()));
    return text.substring(0, start)
        + text.substring(middle, end)
        + ", "
        + oneText
        + text.substring(end);
  }

  private static void assertSame(JobFileExample example, String before, String after) {
    Configuration one = load(example, before);
    Configuration two = load(example, after);
    assertThat(two.jobs()).extracting(JobDefinition::name).isEqualTo(names(one));
    assertThat(two.jobs())
        .extracting(JobDefinition::definitionHash)
        .isEqualTo(one.jobs().stream().map(JobDefinition::definitionHash).toList());
    assertThat(two.vars()).isEqualTo(one.vars());
    assertThat(two.connections().names()).isEqualTo(one.connections().names());
  }

  private static List<String> names(Configuration configuration) {
    return configuration.jobs().stream().map(JobDefinition::name).toList();
  }

  private static Configuration load(JobFileExample example, String text) {
    return example.loader().loadText(example.name(), text, example.directory());
  }
}
