package io.waybill.jobs.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class MaskedLogTest {
  private static final String PLANTED = "hunter2hunter2";
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final SecretMask mask = new SecretMask();

  @AfterEach
  void restore() throws JoranException {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    new ContextInitializer(context).autoConfig();
    MDC.clear();
  }

  private String log(String level) {
    MaskedLog.to(out, level, mask);
    Logger logger = LoggerFactory.getLogger("io.waybill." + PLANTED);
    MDC.put("job", PLANTED);
    logger.info(
        "event=x value={}",
        PLANTED,
        new IllegalStateException("outer " + PLANTED, new RuntimeException("inner " + PLANTED)));
    logger.debug("event=quiet");
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aSecretIsInNoMessageNoContextAndNoStackTrace() {
    mask.remember(PLANTED);

    String logged = log("INFO");

    assertThat(logged)
        .contains("event=x value=***", "outer ***", "Caused by", "inner ***", "job=***");
    assertThat(logged).doesNotContain(PLANTED);
  }

  @Test
  void theTestWouldSeeASecretThatIsNotMasked() {
    assertThat(log("INFO")).contains(PLANTED);
  }

  @Test
  void aClassWhoseTroublesAreToldElsewhereLogsErrorsOnly() {
    MaskedLog.to(out, "WARN", mask);
    MaskedLog.onlyErrorsOf(SecretMask.class);
    LoggerFactory.getLogger(SecretMask.class).warn("event=told-elsewhere");
    LoggerFactory.getLogger(SecretMask.class).error("event=error");
    LoggerFactory.getLogger(MaskedLog.class).warn("event=of-another");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("event=error", "event=of-another")
        .doesNotContain("event=told-elsewhere");
  }

  @Test
  void thatADatabaseIsAwayIsLeftToItsStore() {
    for (String level : List.of("INFO", "DEBUG")) {
      MaskedLog.to(out, level, mask);
      Logger logger = LoggerFactory.getLogger(MaskedLog.class);
      logger.warn("event=told-by-the-store at={}", level, met(new SQLException("gone", "08006")));
      logger.warn("event=to-tell at={}", level, met(new SQLException("no table", "42P01")));
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("event=told-by-the-store at=DEBUG", "event=to-tell at=INFO")
        .doesNotContain("event=told-by-the-store at=INFO");
  }

  private static Exception met(SQLException failure) {
    return new IllegalStateException("the engine failed", failure);
  }

  @Test
  void onlyWhatTheLevelAsksForIsShown() {
    assertThat(log("INFO")).doesNotContain("event=quiet");
  }

  @Test
  void anEmptyContextLeavesNoTrace() {
    MaskedLog.to(out, "INFO", mask);
    LoggerFactory.getLogger("io.waybill").info("event=y");

    assertThat(out.toString(StandardCharsets.UTF_8)).endsWith(" io.waybill event=y\n");
  }

  @Test
  void librariesAreOneLevelQuieterThanWaybill() {
    MaskedLog.to(out, "INFO", mask);
    LoggerFactory.getLogger("org.eclipse.jetty").info("banner");
    LoggerFactory.getLogger("org.eclipse.jetty").warn("event=trouble");

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("event=trouble")
        .doesNotContain("banner");
  }
}
