package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.config.JobFilePage;
import io.waybill.jobs.config.KeyRegistry;
import io.waybill.jobs.config.KnownKey;
import io.waybill.jobs.step.StepTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference page is the registry's, and the registry says enough of each key. */
class JobFilePageTest {
  private static final KeyRegistry REGISTRY = KeyRegistry.of(StepTypes.all());

  @Test
  void thePageIsMadeFromTheRegistry() throws IOException {
    assertThat(Files.readString(Path.of("JOB-FILE.md")))
        .as(
            "jobs/JOB-FILE.md is out of date; make it anew: mvn -q -DskipTests package &&"
                + " jobs/target/waybill/bin/waybill explain --page > jobs/JOB-FILE.md")
        .isEqualTo(JobFilePage.of(REGISTRY));
  }

  @Test
  void everyKeySaysWhatItIsAndShowsIt() {
    List<String> lacking = new ArrayList<>();
    for (KnownKey known : REGISTRY.keys()) {
      if (!known.key().doc().endsWith(".")) {
        lacking.add(known.shortPath() + " needs a doc: a sentence with a full stop at its end");
      }
      if (known.example().isEmpty()) {
        lacking.add(
            known.shortPath()
                + " needs an example, as its type tells none: .withExample(\"as it stands in the"
                + " file\")");
      }
    }
    assertThat(lacking).isEmpty();
  }

  @Test
  void everyKeyIsOnThePage() {
    String page = JobFilePage.of(REGISTRY);
    for (KnownKey known : REGISTRY.keys()) {
      assertThat(page).as(known.shortPath()).contains(known.key().doc().replace("|", "\\|"));
    }
  }

  @Test
  void linksLeadToHeadings() {
    String page = JobFilePage.of(REGISTRY);
    List<String> headings =
        page.lines()
            .filter(line -> line.startsWith("## "))
            .map(line -> line.substring(3).toLowerCase(Locale.ROOT))
            .map(line -> line.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
            .toList();
    assertThat(headings).doesNotHaveDuplicates();
    assertThat(Pattern.compile("\\(#([^)]*)\\)").matcher(page).results().map(link -> link.group(1)))
        .isNotEmpty()
        .allSatisfy(link -> assertThat(headings).contains(link));
  }
}
