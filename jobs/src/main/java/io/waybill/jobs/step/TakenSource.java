package io.waybill.jobs.step;

import io.waybill.transfer.FileEntry;

/**
 * A source that is to be taken away once it is copied.
 *
 * @param before what it was before its copy
 * @param taking takes it away, if it is still that
 */
record TakenSource(FileEntry before, Runnable taking) {
  void end() {
    taking.run();
  }
}
