package io.waybill.jobs.web;

/** A call that is not let in. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;

  Refusal(int status, String why) {
    super(why);
    this.status = status;
  }

  int status() {
    return status;
  }
}
