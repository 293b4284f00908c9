"""Small sets of invented questions, in the formats of sets that are published."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["SETS", "json_lines", "write_set"]


def json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _csv(rows: Iterable[Iterable[str]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def write_set(folder: Path, name: str) -> Path:
    """Write the files of a set below a folder, which is returned."""
    for file, text in SETS[name].items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


TOMI_TXT = """\
1 Ana entered the den.
2 Bo entered the den.
3 The kite is in the green_box.
4 The green_box is in the den.
5 Ana exited the den.
6 Bo moved the kite to the red_jar.
7 The red_jar is in the den.
8 Cy likes the attic
9 Where will Ana look for the kite?\tgreen_box\t1
1 Ana entered the den.
2 Bo entered the den.
3 The kite is in the green_box.
4 The green_box is in the den.
5 Ana exited the den.
6 Bo moved the kite to the red_jar.
7 The red_jar is in the den.
8 Where does Bo think that Ana searches for the kite?\tred_jar\t1
1 Dee entered the loft.
2 The hat is in the tin.
3 The tin is in the loft.
4 Dee moved the hat to the pot.
5 Where is the hat really?\tpot\t1
1 Dee entered the loft.
2 The hat is in the tin.
3 The tin is in the loft.
4 Dee moved the hat to the pot.
5 Where was the hat at the beginning?\ttin\t1
"""
TOMI_TRACE = """\
enter_agent_0,agent_1_moves_obj,first_order_0_tom,false_belief
enter_agent_0,agent_1_moves_obj,second_order_1_no_tom,false_belief
enter_agent_0,agent_0_moves_obj,reality,true_belief
enter_agent_0,agent_0_moves_obj,memory,true_belief
"""
FIXED = {
    "story": "1 Ana entered the den.\n2 Bo entered the den.\n3 The kite is in the box."
    "\n4 Ana exited the den.\n5 Bo moved the kite to the jar.",
    "question": "Where will Ana look for the kite?",
    "answer": "box",
    "story_type": "false_belief",
    "question_type": "first_order_0_tom",
    "containers": ["box", "jar"],
}
HI_TOM_STORY = """\
1 Ana, Bo and Cy entered the hall.
2 The pear is in the red_box.
3 Ana moved the pear to the blue_crate.
4 Ana exited the hall.
5 Bo lost his watch.
6 Bo moved the pear to the blue_crate.
7 Bo exited the hall.
8 Cy moved the pear to the green_tin.
9 Cy exited the hall.
10 Ana, Bo and Cy entered the waiting_room.
"""


def _hi_tom(order: int, question: str, answer: str, **more: Any) -> dict[str, Any]:
    return {
        "prompting_type": "VP",
        "deception": False,
        "story_length": 1,
        "question_order": order,
        "sample_id": 0,
        "story": HI_TOM_STORY + "\n",
        "question": question,
        "choices": "A. red_box, B. blue_crate, C. green_tin, D. red_pot",
        "answer": answer,
        **more,
    }


HI_TOM = [
    _hi_tom(0, "Where is the pear really?", "green_tin"),
    _hi_tom(2, "Where does Cy think Ana thinks the pear is?", "blue_crate"),
    _hi_tom(1, "Where does Bo really think the pear is?", "red_box"),
    _hi_tom(
        1,
        "Where does Ana really think the pear is?",
        "red_pot",
        deception=True,
        story=HI_TOM_STORY
        + "11 Bo publicly claimed that the pear is in the red_pot now.\n",
    ),
    _hi_tom(
        0,
        "Where is the pear really?",
        "green_tin",
        prompting_type="CoTP",
        story=f"Read this and answer the question.\n{HI_TOM_STORY}\n",
    ),
]
BIGTOM_PARTS = [
    "Ana keeps bees by the mill. Ana wants to fill a jar. Ana sees that the pot holds "
    "honey. Ana believes that the pot holds honey. A guest swaps the honey for syrup.",
    "Ana sees the guest swap the honey.",
    "Ana does not see the guest swap the honey.",
    "Ana opens another pot.",
    "Ana fills the jar from the pot.",
    "Does Ana believe that the pot holds honey or syrup?",
    "What does Ana want?",
    "What will Ana do?",
    "Ana believes that the pot holds syrup.",
    "Ana wants a jar of honey.",
    "Ana will open another pot.",
    "Ana believes that the pot holds honey.",
    "Ana wants a jar of honey, still.",
    "Ana will fill the jar from the pot.",
    "A bell rings in the mill.",
    "Ana hears the bell.",
    "Ana does not hear the bell.",
]
BIGTOM_CONDITION = [
    ["Bo waits. The train is late.", "What does Bo believe?", "It is late.", "It came."]
]


def _tombench(number: int, ability: str, answer: str, **options: Any) -> dict[str, Any]:
    return {
        "能力\nABILITY": ability,
        "序号\nINDEX": number,
        "故事": "…",
        "问题": "…",
        "选项A": "A. …",
        "STORY": f"Ana put {number} pears into the bag and left.",
        "QUESTION": "Where does Ana look for the pears?",
        "OPTION-A": "A. Bag",
        "OPTION-B": "B. Box",
        "OPTION-C": options.get("c", float("nan")),
        "OPTION-D": options.get("d"),
        "答案\nANSWER": answer,
    }


def _socialiqa(number: int, label: str | None) -> dict[str, Any]:
    row = {
        "context": f"Bo hid Ana's {number} keys.",
        "question": "How would Ana feel?",
        "answerA": "annoyed",
        "answerB": "rested",
        "answerC": "hungry",
    }
    return row if label is None else {**row, "label": label}


FANTOM = {
    "set_id": "7-0-1",
    "short_context": "Ana: Hello.\nBo: I bought a boat.\nCy: I am back.",
    "full_context": "Ana: Hello.\nBo: I bought a boat.\nCy: I am back.\nAna: Good.",
    "factQA": {
        "question": "What did Bo buy?",
        "correct_answer": "Bo bought a boat.",
        "wrong_answer": "Nothing was said of it.",
    },
    "beliefQAs": [
        {
            "question": "What does Cy believe that Bo bought?",
            "question_type": "tom:belief:inaccessible",
            "tom_type": "first-order",
            "correct_answer": "Cy does not know.",
            "wrong_answer": "Cy believes that it is a boat.",
            "missed_info_accessibility": "inaccessible",
        }
    ],
    "answerabilityQA_list": {
        "question": "List all who know the answer.",
        "correct_answer": ["Ana", "Bo"],
        "wrong_answer": ["Cy"],
    },
    "answerabilityQAs_binary": [
        {"question": "Does Ana know the answer?", "correct_answer": "yes"},
        {"question": "Does Cy know the answer?", "correct_answer": "no"},
        {"question": "Does Dee know the answer?", "correct_answer": "no:long"},
    ],
    "infoAccessibilityQA_list": {
        "question": "List all who know this.",
        "correct_answer": ["Ana", "Bo"],
        "wrong_answer": ["Cy"],
    },
    "infoAccessibilityQAs_binary": [
        {"question": "Does Cy know this?", "correct_answer": "no"},
    ],
}
OPENTOM_META = {
    "s1": {
        "plot": "…",
        "plot_info": {
            "mover": "Ana",
            "observer": "Bo",
            "eoi": "scarf",
            "original_place": "wicker basket",
            "move_to_place": "Ana's bag",
        },
        "observed": False,
        "narrative": "Ana took the scarf from the wicker basket and put it away.",
    }
}
OPENTOM_QUESTIONS = [
    {
        "question": "Where does Bo think the scarf is?",
        "answer": "wicker basket",
        "type": "location-fo",
    },
    {
        "question": "How does Bo feel about it?",
        "answer": "negative",
        "type": "attitude",
    },
]
NEGOTIATION = {
    "dialogue_id": "3-1",
    "dialogue": json.dumps(["agent_1: I need food.", "agent_2: Tell me more."]),
    "agent1_desire": {"High": "Food", "Medium": "Water", "Low": "Firewood"},
    "utterance1_intent": "Describe-Need",
    "utterance2_intent": "Discover-Preference,Show-Empathy",
    "agent1_desire_high": "Food",
    "agent2_belief_high": "Food",
    "agent1_belief_low": "Not Given",
}


def _agieval(number: int, label: str | None, **more: Any) -> dict[str, Any]:
    return {
        "passage": None,
        "question": f"What is {number} + 1?",
        "options": [f"(A){number}", f"(B){number + 1}", f"(C){number + 2}"],
        "label": label,
        "answer": None,
        "other": {"source": "invented"},
        **more,
    }


def _choice(number: int, answer: Any, **more: Any) -> dict[str, Any]:
    return {
        "question": f"What is twice {number}?",
        "choices": [str(number), str(2 * number), str(3 * number), str(7 * number)],
        "answer": answer,
        "subject": "doubling",
        **more,
    }


INTROSPECTION = [
    {
        "original_question": "A friend wants a fair share.\n(A) Share it\n(B) Hide it",
        "original_dataset": "sharing",
        "object_level_prompt": [{"role": "user", "content": "…"}],
        "hypothetical_prompt": [{"role": "user", "content": "…"}],
        "behavioral_property": "matches_stance",
        "option_matching_ethical_stance": "A",
    },
    {
        "original_question": "lion tiger bear",
        "original_dataset": "animals",
        "object_level_prompt": [{"role": "user", "content": "lion tiger bear"}],
        "hypothetical_prompt": [{"role": "user", "content": "…"}],
        "behavioral_property": "second_character",
        "option_matching_ethical_stance": None,
    },
]
EGO = [
    {
        "Story": "You get a drum for your feast.",
        "Question": "What is your emotion?",
        "Answer": "A",
        "Option": "(A) I am glad (B) I am cross",
        "Ability": "Unexpected outcome",
    },
    {**FIXED, "question_type": "second_order_0_tom", "answer": "jar"},
    {"system": "You play cards.", "user": "The dealer shows a 6."},
]
INSPECT = [
    {
        "input": [
            {
                "role": "user",
                "content": "Ana entered the den. Bo entered the den. The kite is in "
                "the green box. Ana exited the den. Bo likes the pond Bo moved the "
                "kite to the jar. Bo hates the moss Where will Ana look for the kite?",
            }
        ],
        "target": "green box",
    },
    {
        "input": "It rains. Is the street wet?",
        "choices": ["It is", "It is not"],
        "target": ["A"],
    },
    {"input": "Why?", "target": "because"},
]

SETS: Mapping[str, Mapping[str, str]] = {
    "tomi": {"test.txt": TOMI_TXT, "test.trace": TOMI_TRACE},
    "tomi fixed": {"fixed.jsonl": json_lines([FIXED])},
    "hi-tom": {"data.json": json.dumps({"data": HI_TOM})},
    "bigtom": {
        "bigtom.csv": _csv([[*BIGTOM_PARTS, "auto", "0"]], ";"),
        "0_forward_belief_true_control/stories.csv": _csv(BIGTOM_CONDITION, ";"),
    },
    "tombench": {
        "a.jsonl": json_lines(
            [
                _tombench(1, "Belief: Location false beliefs", "A"),
                _tombench(2, "Belief: Second-order beliefs", "D", c="Tin", d="Jar"),
                _tombench(3, "Belief: Location false beliefs", "C"),
            ]
        )
    },
    "socialiqa": {
        "a.jsonl": json_lines([_socialiqa(1, "1"), _socialiqa(2, "3\n")]),
        "train.jsonl": json_lines([_socialiqa(3, None), _socialiqa(4, None)]),
        "train-labels.lst": "2\n9\n",
    },
    "fantom": {"fantom.json": json.dumps([FANTOM])},
    "opentom": {
        "meta_data.json": json.dumps(OPENTOM_META),
        "location_fg_fo.json": json.dumps({"s1": OPENTOM_QUESTIONS, "s2": [{}]}),
    },
    "negotiationtom": {"data.json": json.dumps([NEGOTIATION])},
    "agieval": {
        "sums.jsonl": json_lines(
            [
                _agieval(1, "B"),
                _agieval(2, None, options=None, answer="3"),
                _agieval(3, "Z"),
            ]
        )
    },
    "multiple-choice": {
        "a.json": json.dumps([_choice(5, 1), _choice(6, 4)]),
        "b.jsonl": json_lines([_choice(7, "B"), _choice(8, "16")]),
        "c_test.csv": _csv(
            [["What is 9 - 9?", "0", "1", "9", "All of the above", "A"]], ","
        ),
    },
    "introspection": {"a.jsonl": json_lines(INTROSPECTION)},
    "egosocialarena": {"rows.jsonl": json_lines(EGO)},
    "inspect": {"samples.jsonl": json_lines(INSPECT)},
}
"""Files of each set, by name; what a format reads, and what it must drop."""
