from renkou.core.names import name_folds, name_keys, name_sounds


def test_every_separator_in_use_gives_one_key():
    written = [
        "阿卜杜·买买提",
        "阿卜杜•买买提",
        "阿卜杜．买买提",
        "阿卜杜・买买提",
        "阿卜杜-买买提",
    ]
    assert len(set(name_keys(written))) == 1


def test_a_traditional_name_has_the_key_of_the_simplified_one():
    assert name_keys(["張偉強"]) == name_keys(["张伟强"])


def test_a_baby_called_by_its_mother_has_no_name():
    assert name_keys(["李梅之子", "王芳之长女", "未取名", "宝宝", "豆豆", "小宝"]) == [None] * 6
    assert name_keys(["张豆豆", "宝音", "林林"]) == ["张豆豆", "宝音", "林林"]


def test_blanks_and_full_width_forms_do_not_matter():
    assert name_keys(["张　伟", " 张伟 ", "Ｊｏｈｎ"]) == ["张伟", "张伟", "john"]


def test_a_surname_is_read_as_a_surname():
    assert name_sounds(["单田", "解放", "仇和"]) == ["shantian", "xiefang", "qiuhe"]


def test_homophones_sound_alike_and_variants_fold_together():
    assert len(set(name_sounds(["李伟", "李玮", "李维"]))) == 1
    assert len(set(name_folds(["付侯", "傅候"]))) == 1


def test_a_column_keeps_its_length_whatever_is_in_it():
    names = ["", "·", "\n", "张\n伟", "𠮷田", "王" * 60]
    assert len(name_keys(names)) == len(name_sounds([n or "" for n in names])) == len(names)
