import { describe, expect, it } from 'vitest';
import { fitErrorMessage, tallyOf, truncatedNote } from './fit-error';
import { unresolvable, unschedulable } from './status';

const none = { absent: null, preFilterMessage: '', postFilterMessage: '' };

describe('the message of an attempt that failed', () => {
  // kubernetes pkg/scheduler/framework/types_test.go (TestFitError_Error)
  it('[message-1] counts reasons and sorts the lines as strings', () => {
    const second = unschedulable('FalseFilter-2', 'Node(s) failed Filter plugin FalseFilter-2');
    const first = unschedulable('FalseFilter-1', 'Node(s) failed Filter plugin FalseFilter-1');
    expect(fitErrorMessage({ ...none, nodes: 3, tally: tallyOf([first, first, second]) })).toBe(
      '0/3 nodes are available: 1 Node(s) failed Filter plugin FalseFilter-2, 2 Node(s) failed Filter plugin FalseFilter-1.',
    );
  });

  it('[message-2] gives only the text of PreFilter when that turned the pod down', () => {
    const preFilter = unschedulable('FalsePreFilter', 'Node(s) failed PreFilter plugin FalsePreFilter');
    const message = fitErrorMessage({
      nodes: 3,
      tally: tallyOf([]),
      absent: preFilter,
      preFilterMessage: 'Node(s) failed PreFilter plugin FalsePreFilter',
      postFilterMessage: 'Error running PostFilter plugin FailedPostFilter.',
    });
    expect(message).toBe(
      '0/3 nodes are available: Node(s) failed PreFilter plugin FalsePreFilter. Error running PostFilter plugin FailedPostFilter.',
    );
  });

  it('puts ten before two, as strings do', () => {
    const x = unschedulable('X', 'x');
    const y = unschedulable('Y', 'y');
    const statuses = [...Array.from({ length: 10 }, () => x), y, y];
    expect(fitErrorMessage({ ...none, nodes: 12, tally: tallyOf(statuses) })).toBe(
      '0/12 nodes are available: 10 x, 2 y.',
    );
  });

  it('counts nodes that were not looked at', () => {
    const absent = unresolvable('NodeAffinity', "node(s) didn't satisfy plugin(s) [NodeAffinity]");
    const tooSmall = unschedulable('NodeResourcesFit', 'Insufficient cpu');
    expect(fitErrorMessage({ ...none, nodes: 4, tally: tallyOf([tooSmall]), absent })).toBe(
      "0/4 nodes are available: 1 Insufficient cpu, 3 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    );
  });

  it('counts a node once for each of its reasons', () => {
    const both = unschedulable('NodeResourcesFit', 'Insufficient cpu', 'Insufficient memory');
    expect(fitErrorMessage({ ...none, nodes: 2, tally: tallyOf([both, both]) })).toBe(
      '0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.',
    );
  });

  it('is cut to 1024 bytes for an Event', () => {
    expect(truncatedNote('x'.repeat(1024))).toHaveLength(1024);
    expect(truncatedNote('x'.repeat(1025))).toBe(`${'x'.repeat(1020)} ...`);
  });
});
