package io.waybill.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ClassTourTest {
  @TempDir Path directory;

  // the launcher does not look how it ended: an archive without its classes is only slower
  @Test
  @Timeout(30)
  void readsAJobFileAndCopiesToItsOwnServersAndBack() throws Exception {
    Path tour = directory.resolve("tour");
    ClassTour.main(new String[] {tour.toString(), "src/main/dist/conf/waybill.yml"});
    assertThat(directory.resolve("tour/back-clear/small-1")).hasContent("small");
    assertThat(directory.resolve("tour/back-tls/small-1")).hasContent("small");
  }
}
