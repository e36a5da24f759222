package io.waybill.testkit;

import java.io.IOException;

/** Answers at one point of a dialogue, instead of a {@link ScriptedSmtpServer}. */
@FunctionalInterface
public interface SmtpAnswer {
  /**
   * Answers.
   *
   * @throws IOException ends the connection
   */
  void to(SmtpExchange exchange) throws IOException;
}
